import { Box } from "ink";
import type { ReactNode } from "react";
import type { Size } from "../terminal/canvas.ts";

/** Fills the terminal exactly: what doesn't fit is cut off, what is missing stays blank. */
export function FullScreen({ size, children }: { size: Size; children: ReactNode }) {
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows} overflow="hidden">
      {children}
    </Box>
  );
}
