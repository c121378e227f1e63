import pLimit from "p-limit";
import { describeError } from "./errors.ts";

/** What doing segments needs of a run, of whatever job. */
export interface SegmentRun {
  chosen: readonly number[];
  /** Segments done at the same time. */
  concurrency: number;
  signal: AbortSignal;
  report(
    event:
      | { type: "segment-started" | "segment-done"; segment: number }
      | { type: "undone"; undone: { segment: number; reason: string } },
  ): void;
  fail(error: unknown): void;
  failed(): boolean;
}

/** Large enough that the two extra requests of a segment don't matter, small enough to show progress. */
const SEGMENT_BYTES = 64 * 1024 * 1024;
const FEWEST_SEGMENTS = 8;
/** DynamoDB's own limit on a parallel scan. */
export const MOST_SEGMENTS = 1_000_000;
const MOST_CHOSEN_BY_SIZE = 10_000;

/** A sample takes whole segments: with this many of them its share is met well enough, and spread over the table. */
const FEWEST_SAMPLED = 10;

/** How many segments tables of this size are split into, and at least how many for a sample of this share. */
export function segmentsForSize(
  bytes: number,
  { sample = 1, segmentBytes = SEGMENT_BYTES }: { sample?: number | undefined; segmentBytes?: number } = {},
): number {
  const fewest = sample < 1 ? Math.ceil(FEWEST_SAMPLED / sample) : FEWEST_SEGMENTS;
  const bySize = Math.min(Math.max(Math.ceil(bytes / segmentBytes), FEWEST_SEGMENTS), MOST_CHOSEN_BY_SIZE);
  return Math.min(Math.max(bySize, fewest), MOST_SEGMENTS);
}

/** Which segments to do: one, a random share, or all. */
export function chooseSegments(
  segments: number,
  segment: number | undefined,
  sample: number | undefined,
): number[] {
  if (segment !== undefined) return [segment];
  const all = Array.from({ length: segments }, (_, index) => index);
  if (sample === undefined) return all;
  const wanted = Math.max(1, Math.round(segments * sample));
  // A partial Fisher-Yates shuffle.
  for (let index = 0; index < wanted; index++) {
    const other = index + Math.floor(Math.random() * (segments - index));
    [all[index], all[other]] = [all[other]!, all[index]!];
  }
  return all.slice(0, wanted).sort((a, b) => a - b);
}

/** Does the chosen segments, some at a time. A segment that fails stops the run; those not done are reported. */
export async function eachSegment(run: SegmentRun, work: (segment: number) => Promise<void>): Promise<void> {
  const { chosen, concurrency, signal, report, fail, failed } = run;
  const undone = new Map<number, string>();
  await pLimit(concurrency).map(chosen, async (segment) => {
    if (signal.aborted) {
      undone.set(segment, "not begun");
      return;
    }
    report({ type: "segment-started", segment });
    try {
      await work(segment);
      signal.throwIfAborted();
      report({ type: "segment-done", segment });
    } catch (error) {
      undone.set(segment, signal.aborted ? "not finished" : describeError(error));
      fail(error);
    }
  });
  if (!failed()) return;
  for (const [segment, reason] of undone) report({ type: "undone", undone: { segment, reason } });
}
