import { type Line, type Span, span } from "../format/spans.ts";
import { placeOf, placesOfBucket, type SegmentBoard } from "../state/segment-board.ts";
import type { Canvas } from "../terminal/canvas.ts";

const LABEL = " segments ";
/** Columns of one segment's box between its walls. */
const BOX = 4;

/** The segments, and how far each is, 0 to 1, by what is known of the work on it. */
export interface SegmentsShown<Work> {
  board: SegmentBoard<Work>;
  fractionOf(work: Work): number;
}

/** A box for each segment while they fit, else a strip whose columns stand for one or more segments each. */
export function segmentsLine<Work>(segments: SegmentsShown<Work>, canvas: Canvas): Line {
  const { board } = segments;
  const room = canvas.columns - LABEL.length - 1;
  const cells =
    board.chosen * (BOX + 2) <= room
      ? boxes(segments, canvas)
      : strip(segments, Math.min(room, board.chosen), canvas);
  return [span(LABEL, "dim"), ...cells];
}

function boxes<Work>(segments: SegmentsShown<Work>, { glyphs }: Canvas): Span[] {
  return fractions(segments, segments.board.chosen).flatMap((fraction) => [
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

function strip<Work>(segments: SegmentsShown<Work>, width: number, { glyphs }: Canvas): Span[] {
  const { levels } = glyphs;
  return fractions(segments, width).map((fraction) => span(levelOf(fraction, levels), toneOf(fraction)));
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
function fractions<Work>({ board, fractionOf }: SegmentsShown<Work>, cells: number): number[] {
  const sums = new Array<number>(cells).fill(0);
  const sizes = new Array<number>(cells).fill(0);
  for (let bucket = 0; bucket < board.doneInBucket.length; bucket++) {
    const [from, to] = placesOfBucket(board, bucket);
    const cell = Math.floor((from * cells) / board.chosen);
    sums[cell]! += board.doneInBucket[bucket]!;
    sizes[cell]! += to - from;
  }
  for (const [segment, work] of board.active) {
    const place = placeOf(board, segment);
    if (place === undefined) continue;
    // Something to see from the first moment on.
    sums[Math.floor((place * cells) / board.chosen)]! += Math.max(0.01, fractionOf(work));
  }
  return sums.map((sum, cell) => (sizes[cell] === 0 ? 0 : sum / sizes[cell]!));
}
