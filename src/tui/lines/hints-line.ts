import { joinFitting, type Line, span } from "../format/spans.ts";
import { isOver, type Pulse } from "../state/pulse.ts";
import type { Canvas } from "../terminal/canvas.ts";

/** A key and what it does. */
export interface Hint {
  keys: string;
  does: string;
}

/** The first ones stay longest when room is short. */
export function hintsLine(hints: readonly Hint[], { columns }: Canvas): Line {
  const parts = hints.map(({ keys, does }): Line => [span(keys, "strong"), span(` ${does}`)]);
  return [span(" "), ...joinFitting(parts, "  ", columns - 2)];
}

/** What every run obeys. */
export function runHints(pulse: Pulse): [Hint, ...Hint[]] {
  if (pulse.activity === "stopping") return [{ keys: "Ctrl-C", does: "again: leave at once" }];
  const help = { keys: "?", does: "help" };
  if (isOver(pulse)) return [{ keys: "q", does: "quit" }, help];
  return [
    { keys: "q", does: "stop" },
    { keys: "p", does: pulse.activity === "paused" ? "resume" : "pause" },
    help,
  ];
}
