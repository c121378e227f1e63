import { countDiscrepancies } from "../../core/diff/diff-totals.ts";
import { remaining } from "../format/duration.ts";
import { compactCount, percentage } from "../format/numbers.ts";
import { fitLine, type Line, span } from "../format/spans.ts";
import { type Frame, isOver } from "../state/frame.ts";
import type { Canvas } from "../terminal/canvas.ts";

/** All of it in one line, for a terminal too small for anything else. */
export function oneLine(frame: Frame, { columns, glyphs }: Canvas): Line {
  const { activity, state } = frame;
  const found = `${compactCount(countDiscrepancies(state.totals))} found`;
  const time = activity === "running" || activity === "repairing" ? remaining(frame.eta) : activity;
  const text = `${percentage(frame.fraction)} ${time} ${found}  q ${isOver(frame) ? "quit" : "stop"}`;
  return fitLine([span(text)], columns, glyphs.ellipsis);
}
