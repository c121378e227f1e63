import { CHANGE_KINDS } from "../../../core/restore/change.ts";
import { compactCount } from "../../format/numbers.ts";
import type { Line } from "../../format/spans.ts";
import type { RestoreFrame } from "../../state/restore/restore-frame.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { oneLine } from "../one-line.ts";

/** All of it in one line, for a terminal too small for anything else. */
export function restoreOneLine(frame: RestoreFrame, canvas: Canvas): Line {
  const { written, undone } = frame.state.totals;
  const all = CHANGE_KINDS.reduce((sum, kind) => sum + written[kind], 0);
  const result = undone > 0 ? `${compactCount(undone)} undone` : `${compactCount(all)} written`;
  return oneLine(frame, result, canvas);
}
