import { type Line, type Span, span } from "../format/spans.ts";
import type { Frame } from "../state/frame.ts";
import { segmentFraction } from "../state/progress.ts";
import { placeOf, placesOfBucket } from "../state/segment-board.ts";
import type { Canvas } from "../terminal/canvas.ts";

const LABEL = " segments ";
/** Columns of one segment's box between its walls. */
const BOX = 4;

/** A box for each segment while they fit, else a strip whose columns stand for one or more segments each. */
export function segmentsLine(frame: Frame, canvas: Canvas): Line {
  const { board } = frame.state;
  const room = canvas.columns - LABEL.length - 1;
  const cells =
    board.chosen * (BOX + 2) <= room
      ? boxes(frame, canvas)
      : strip(frame, Math.min(room, board.chosen), canvas);
  return [span(LABEL, "dim"), ...cells];
}

function boxes(frame: Frame, { glyphs }: Canvas): Span[] {
  return fractions(frame, frame.state.board.chosen).flatMap((fraction) => [
    span(glyphs.boxLeft, "dim"),
    span(boxBar(fraction, glyphs.eighths), toneOf(fraction)),
    span(glyphs.boxRight, "dim"),
  ]);
}

function boxBar(fraction: number, eighths: readonly string[]): string {
  const steps = eighths.length - 1;
  const filled = Math.floor(fraction * BOX * steps);
  return Array.from(
    { length: BOX },
    (_, at) => eighths[Math.min(steps, Math.max(0, filled - at * steps))],
  ).join("");
}

function strip(frame: Frame, width: number, { glyphs }: Canvas): Span[] {
  const { levels } = glyphs;
  return fractions(frame, width).map((fraction) => span(levelOf(fraction, levels), toneOf(fraction)));
}

/** What has begun never looks as if it hadn't, nor what isn't done as if it were. */
function levelOf(fraction: number, levels: readonly string[]): string {
  const highest = levels.length - 1;
  if (fraction <= 0) return levels[0]!;
  if (fraction >= 1) return levels[highest]!;
  return levels[Math.min(highest - 1, Math.max(1, Math.round(fraction * highest)))]!;
}

function toneOf(fraction: number) {
  if (fraction <= 0) return "dim";
  return fraction >= 1 ? "good" : "accent";
}

/** How far each of `cells` groups of neighbouring segments is, 0 to 1. */
function fractions({ state }: Frame, cells: number): number[] {
  const { board } = state;
  const sums = new Array<number>(cells).fill(0);
  const sizes = new Array<number>(cells).fill(0);
  for (let bucket = 0; bucket < board.doneInBucket.length; bucket++) {
    const [from, to] = placesOfBucket(board, bucket);
    const cell = Math.floor((from * cells) / board.chosen);
    sums[cell]! += board.doneInBucket[bucket]!;
    sizes[cell]! += to - from;
  }
  for (const [segment, items] of board.active) {
    const place = placeOf(board, segment);
    if (place === undefined) continue;
    // Something to see from the first moment on.
    sums[Math.floor((place * cells) / board.chosen)]! += Math.max(0.01, segmentFraction(state, items));
  }
  return sums.map((sum, cell) => (sizes[cell] === 0 ? 0 : sum / sizes[cell]!));
}
