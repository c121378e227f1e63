import { Box } from "ink";
import { useEffect } from "react";
import type { Line } from "../format/spans.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { useTick } from "../hooks/use-tick.ts";
import type { Canvas } from "../terminal/canvas.ts";
import { TextLine } from "./text-line.tsx";

/** A full-screen program: the lines it shows now, and what a key does to it. */
export interface LineProgram {
  /** Whether what it shows changes by itself. */
  readonly live: boolean;
  lines(canvas: Canvas): readonly Line[];
  press(key: string, canvas: Canvas): void;
  /** Has `redraw` called when something has changed by itself; the function returned ends that. */
  watch?(redraw: () => void): () => void;
}

const LIVE_FRAME_MS = 100;
const IDLE_FRAME_MS = 500;

/** Draws a program ten times a second while it is live, and at once when a key is pressed. Fills the terminal. */
export function LineScreen({ program, canvas }: { program: LineProgram; canvas: Canvas }) {
  const redraw = useTick(program.live ? LIVE_FRAME_MS : IDLE_FRAME_MS);
  useEffect(() => program.watch?.(redraw), [program, redraw]);
  useKeys((key) => {
    program.press(key, canvas);
    redraw();
  });
  return (
    <Box flexDirection="column" width={canvas.columns} height={canvas.rows} overflow="hidden">
      {program.lines(canvas).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen
        <TextLine key={index} line={line} canvas={canvas} />
      ))}
    </Box>
  );
}
