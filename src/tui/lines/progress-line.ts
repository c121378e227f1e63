import { compactCount, exactCount, percentage } from "../format/numbers.ts";
import { type Line, lineWidth, span } from "../format/spans.ts";
import type { Frame } from "../state/frame.ts";
import type { Canvas } from "../terminal/canvas.ts";

const SHORTEST_BAR = 8;

/** `████████░░░░░░░░  46 %   12/32 segments` */
export function progressLine(frame: Frame, canvas: Canvas): Line {
  const { columns } = canvas;
  const percent = span(` ${percentage(frame.fraction).padStart(5)}`, "strong");
  const details = detailsOf(frame);
  const room = columns - 3 - lineWidth([percent]);
  const shown = details.find((detail) => room - detail.length >= SHORTEST_BAR) ?? "";
  return [span(" "), ...bar(frame, room - shown.length, canvas), percent, span(shown), span(" ")];
}

/** From the longest wording to the shortest. */
function detailsOf({ state, activity }: Frame): string[] {
  if (activity === "stopping") return ["   stopping, writes under way are finished", "   stopping"];
  const { board } = state;
  if (board.chosen === 0) return [];
  if (activity === "repairing") return ["   repairing"];
  if (board.done >= board.chosen && activity !== "finished") {
    return [state.mode === "backfill" ? "   finishing" : "   confirming what differs", "   finishing"];
  }
  const counts = `   ${exactCount(board.done)}/${exactCount(board.chosen)}`;
  const part = board.chosen < state.segments ? ` of ${compactCount(state.segments)}` : "";
  return [`${counts} segments${part && ` (${part.trim()})`}`, `${counts} segments`, counts];
}

function bar({ fraction, activity }: Frame, width: number, { glyphs }: Canvas): Line {
  const full = Math.min(Math.max(0, width), Math.floor(fraction * width));
  const tone = activity === "paused" ? "warn" : activity === "finished" ? "good" : "accent";
  return [
    span(glyphs.barFull.repeat(full), tone),
    span(glyphs.barEmpty.repeat(Math.max(0, width - full)), "dim"),
  ];
}
