import { compactCount } from "../../format/numbers.ts";
import { fitLine, type Line, span } from "../../format/spans.ts";
import { type FollowFrame, frameLag } from "../../state/follow/follow-frame.ts";
import { isOver } from "../../state/pulse.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { lagWords } from "./lag-words.ts";

/** All of it in one line, for a terminal too small for anything else. */
export function followOneLine(frame: FollowFrame, { columns, glyphs }: Canvas): Line {
  const { written, skipped } = frame.state.progress.totals;
  const result = skipped > 0 ? `${compactCount(skipped)} undone` : `${compactCount(written)} written`;
  const doing = frame.activity === "running" ? lagWords(frameLag(frame)) : frame.activity;
  return fitLine(
    [span(`${doing} ${result}  q ${isOver(frame) ? "quit" : "stop"}`)],
    columns,
    glyphs.ellipsis,
  );
}
