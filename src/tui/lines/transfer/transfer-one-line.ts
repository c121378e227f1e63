import { compactCount } from "../../format/numbers.ts";
import type { Line } from "../../format/spans.ts";
import type { TransferFrame } from "../../state/transfer/transfer-frame.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { oneLine } from "../one-line.ts";

/** All of it in one line, for a terminal too small for anything else. */
export function transferOneLine(frame: TransferFrame, canvas: Canvas): Line {
  const { job, totals } = frame.state;
  const { written, undone } = totals;
  const done = `${compactCount(written)} ${job === "fingerprint" ? "read" : "written"}`;
  const result = undone > 0 ? `${compactCount(undone)} undone` : done;
  return oneLine(frame, result, canvas);
}
