import type { Line } from "../format/spans.ts";
import type { Frame } from "../state/frame.ts";
import type { View } from "../state/view.ts";
import type { Canvas } from "../terminal/canvas.ts";
import { type Hint, hintsLine, runHints } from "./hints-line.ts";

/** The line at the bottom. */
export function keyHints(frame: Frame, { screen }: View, canvas: Canvas): Line {
  return hintsLine(screen === "detail" ? detailHints(canvas) : listHints(frame, canvas), canvas);
}

function listHints(frame: Frame, { glyphs }: Canvas): Hint[] {
  if (frame.activity === "stopping") return runHints(frame);
  const [quit, ...others] = runHints(frame);
  return [
    quit,
    ...(frame.canRepair ? [{ keys: "r", does: "repair" }] : []),
    ...others,
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
