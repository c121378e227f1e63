import pLimit from "p-limit";
import { describeError } from "../errors.ts";
import type { LeaseTerms } from "./lease-terms.ts";
import type { SegmentLease, SegmentResult } from "./segment-lease.ts";
import { SegmentQueue } from "./segment-queue.ts";
import type { StatePlace } from "./state-place.ts";

export interface WorkOptions extends LeaseTerms {
  /** How many there are. */
  segments: number;
  /** Only this one (an array job). */
  segment?: number | undefined;
  /** Segments at the same time. */
  concurrency: number;
  /** Everything stops at once. */
  signal: AbortSignal;
  /** No more segments are begun, and those under way are saved and given back. */
  pause?: AbortSignal | undefined;
  report?(event: WorkEvent): void;
}

export type WorkEvent =
  | { type: "segment-started" | "segment-done" | "segment-paused"; segment: number; epoch: number }
  | { type: "segment-lost"; segment: number; epoch: number; reason: string }
  /** Nothing is free: so many segments are other workers'. */
  | { type: "waiting"; held: number };

export interface SegmentControls {
  /** Aborts when the work must stop at once: it doesn't count any more, or somebody insists. */
  signal: AbortSignal;
  /** Aborts when the work is to be saved and then stopped. */
  pause: AbortSignal;
}

/**
 * Does the work on a segment from the lease's checkpoint on. Resolves with its result when the segment is done; with undefined when
 * it was paused and all that was done is saved.
 */
export type SegmentWork = (
  lease: SegmentLease,
  controls: SegmentControls,
) => Promise<SegmentResult | undefined>;

/**
 * Takes segments that are free, at random, and does the work on each, beside any number of other workers; waits for those of workers
 * that may have died. Resolves when all segments are done, by whomever, with the number of those that this one did. When
 * work fails or the signal aborts, what is under way is given back, and the first failure or the reason is thrown. When it is
 * paused it resolves as well; the other segments are anybody's.
 */
export async function workOnSegments(
  place: StatePlace,
  options: WorkOptions,
  work: SegmentWork,
): Promise<{ done: number }> {
  const failed = new AbortController();
  const stop = AbortSignal.any([options.signal, failed.signal]);
  const pause = options.pause ?? NEVER;
  const inTurn = pLimit(1);
  const queue = new SegmentQueue(place, options, AbortSignal.any([stop, pause]));
  let done = 0;
  const lane = async () => {
    try {
      for (;;) {
        const lease = await inTurn(() => queue.next());
        if (lease === undefined) return;
        if (await doSegment(lease, options, { signal: stop, pause }, work)) done++;
        queue.wake();
      }
    } catch (error) {
      if (stop.aborted || !pause.aborted || error !== pause.reason) failed.abort(error);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, lane));
  stop.throwIfAborted();
  return { done };
}

const NEVER = new AbortController().signal;

/** False when it was paused, or the lease was lost. Throws what the work fails with. */
async function doSegment(
  lease: SegmentLease,
  { report }: WorkOptions,
  { signal, pause }: SegmentControls,
  work: SegmentWork,
): Promise<boolean> {
  const of = { segment: lease.segment, epoch: lease.record.epoch };
  report?.({ type: "segment-started", ...of });
  try {
    signal.throwIfAborted();
    const result = await work(lease, { signal: AbortSignal.any([signal, lease.signal]), pause });
    if (result === undefined) {
      await lease.release();
      report?.({ type: "segment-paused", ...of });
      return false;
    }
    await lease.done(result);
    report?.({ type: "segment-done", ...of });
    return true;
  } catch (error) {
    if (!lease.signal.aborted) {
      // Where that fails too, it is free when the lease is over.
      await lease.release().catch(() => {});
      throw error;
    }
    report?.({ type: "segment-lost", ...of, reason: describeError(lease.signal.reason) });
    return false;
  }
}
