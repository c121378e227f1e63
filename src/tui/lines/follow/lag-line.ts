import { compactRate } from "../../format/numbers.ts";
import { type Line, lineWidth, span, spread } from "../../format/spans.ts";
import { type FollowFrame, frameLag } from "../../state/follow/follow-frame.ts";
import { momentText } from "../../state/history/moment.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import { lagWords } from "./lag-words.ts";

/** Columns of the curve: a minute, when there is room. */
const CURVE = 60;
const SHORTEST_CURVE = 10;
/** Behind by more than this is worth a colour. */
const MUCH_MS = 5 * 60_000;

/** `up to date   last change 2026-11-23 14:03:22 UTC      ▁▂▅█▃ 310/s` */
export function lagLine(frame: FollowFrame, canvas: Canvas): Line {
  const { state, rates, activity } = frame;
  const { lastAt } = state.progress;
  const stopping = activity === "stopping";
  const left: Line = [
    span(" "),
    stopping ? span("stopping, writes under way are finished") : span(...lagSpan(frame)),
    ...(lastAt === undefined || stopping
      ? []
      : [span("   last change ", "dim"), span(`${momentText(lastAt, false)} UTC`)]),
  ];
  const rate = span(` ${compactRate(rates.stream.records)}/s `);
  const room = canvas.columns - lineWidth(left) - lineWidth([rate]) - 3;
  const curve: Line =
    room < SHORTEST_CURVE ? [] : [span(curveOf(frame, Math.min(CURVE, room), canvas), "accent")];
  return spread(left, [...curve, rate], canvas.columns, canvas.glyphs.ellipsis);
}

function lagSpan(frame: FollowFrame): [string, Tone] {
  const lag = frameLag(frame);
  const words = lagWords(lag);
  if (lag === undefined) return [frame.state.phase === "starting" ? "looking for shards" : words, "dim"];
  if (lag === 0) return [words, "good"];
  return [words, lag > MUCH_MS ? "warn" : "strong"];
}

/** How many records came in each second: what is highest is a full block. */
function curveOf({ history }: FollowFrame, width: number, { glyphs: { levels } }: Canvas): string {
  const counts = history(width);
  const most = Math.max(1, ...counts);
  const highest = levels.length - 1;
  return counts
    .map((count) => (count === 0 ? levels[0]! : levels[Math.max(1, Math.round((count / most) * highest))]!))
    .join("");
}
