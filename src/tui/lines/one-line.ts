import { remaining } from "../format/duration.ts";
import { percentage } from "../format/numbers.ts";
import { fitLine, type Line, span } from "../format/spans.ts";
import { isOver, type Pulse } from "../state/pulse.ts";
import type { Canvas } from "../terminal/canvas.ts";

/** All of a run in one line, for a terminal too small for anything else. */
export function oneLine(pulse: Pulse, result: string, { columns, glyphs }: Canvas): Line {
  const { activity } = pulse;
  const time = activity === "running" || activity === "repairing" ? remaining(pulse.eta) : activity;
  const text = `${percentage(pulse.fraction)} ${time} ${result}  q ${isOver(pulse) ? "quit" : "stop"}`;
  return fitLine([span(text)], columns, glyphs.ellipsis);
}
