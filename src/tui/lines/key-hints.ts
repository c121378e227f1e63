import { joinFitting, type Line, span } from "../format/spans.ts";
import type { Frame } from "../state/frame.ts";
import type { View } from "../state/view.ts";
import type { Canvas } from "../terminal/canvas.ts";

/** A key and what it does; the first ones stay longest when room is short. */
interface Hint {
  keys: string;
  does: string;
}

/** The line at the bottom. */
export function keyHints(frame: Frame, { screen }: View, canvas: Canvas): Line {
  const hints = screen === "detail" ? detailHints(canvas) : listHints(frame, canvas);
  const parts = hints.map(({ keys, does }): Line => [span(keys, "strong"), span(` ${does}`)]);
  return [span(" "), ...joinFitting(parts, "  ", canvas.columns - 2)];
}

function listHints(frame: Frame, { glyphs }: Canvas): Hint[] {
  const { activity } = frame;
  if (activity === "stopping") return [{ keys: "Ctrl-C", does: "again: leave at once" }];
  const over = activity === "finished";
  return [
    { keys: "q", does: over ? "quit" : "stop" },
    ...(frame.canRepair ? [{ keys: "r", does: "repair" }] : []),
    ...(over ? [] : [{ keys: "p", does: activity === "paused" ? "resume" : "pause" }]),
    { keys: "?", does: "help" },
    { keys: glyphs.keys.upDown, does: "move" },
    { keys: glyphs.keys.enter, does: "open" },
    { keys: "f", does: "filter" },
  ];
}

function detailHints({ glyphs }: Canvas): Hint[] {
  return [
    { keys: "Esc", does: "back" },
    { keys: glyphs.keys.upDown, does: "scroll" },
    { keys: glyphs.keys.leftRight, does: "other record" },
    { keys: "n", does: "next change" },
    { keys: "?", does: "help" },
  ];
}
