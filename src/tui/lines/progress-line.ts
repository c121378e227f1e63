import { compactCount, exactCount, percentage } from "../format/numbers.ts";
import { type Line, lineWidth, span } from "../format/spans.ts";
import type { Pulse } from "../state/pulse.ts";
import type { SegmentBoard } from "../state/segment-board.ts";
import type { Canvas } from "../terminal/canvas.ts";
import type { Glyphs } from "../terminal/glyphs.ts";
import type { Tone } from "../terminal/tones.ts";

const SHORTEST_BAR = 8;

/**
 * `████████░░░░░░░░  46 %   12/32 segments`
 * @param wordings what is said behind the bar, from the longest to the shortest
 */
export function progressLine(pulse: Pulse, wordings: readonly string[], { columns, glyphs }: Canvas): Line {
  const percent = span(` ${percentage(pulse.fraction).padStart(5)}`, "strong");
  const stopping = ["stopping, writes under way are finished", "stopping"];
  const details = (pulse.activity === "stopping" ? stopping : wordings).map((words) => `   ${words}`);
  const room = columns - 3 - lineWidth([percent]);
  const shown = details.find((detail) => room - detail.length >= SHORTEST_BAR) ?? "";
  return [
    span(" "),
    ...bar(pulse.fraction, room - shown.length, barTone(pulse), glyphs),
    percent,
    span(shown),
    span(" "),
  ];
}

/** `12/32 segments`, from the longest wording to the shortest; `segments` is how many there are in all. */
export function segmentCounts(
  { done, chosen }: Pick<SegmentBoard<unknown>, "done" | "chosen">,
  segments: number,
): string[] {
  const counts = `${exactCount(done)}/${exactCount(chosen)}`;
  const part = chosen < segments ? [`${counts} segments (of ${compactCount(segments)})`] : [];
  return [...part, `${counts} segments`, counts];
}

export function bar(fraction: number, width: number, tone: Tone, { barFull, barEmpty }: Glyphs): Line {
  const full = Math.min(Math.max(0, width), Math.floor(fraction * width));
  return [span(barFull.repeat(full), tone), span(barEmpty.repeat(Math.max(0, width - full)), "dim")];
}

/** Of a bar that stands for the whole run. */
export function barTone({ activity }: Pulse): Tone {
  if (activity === "paused") return "warn";
  return activity === "finished" ? "good" : "accent";
}
