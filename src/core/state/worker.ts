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
  signal: AbortSignal;
  report?(event: WorkEvent): void;
}

export type WorkEvent =
  | { type: "segment-started" | "segment-done"; segment: number; epoch: number }
  | { type: "segment-lost"; segment: number; epoch: number; reason: string }
  /** Nothing is free: so many segments are other workers'. */
  | { type: "waiting"; held: number };

/**
 * Does the work on a segment from the lease's checkpoint on. Resolved, the segment is done. A signal that aborts is to be followed
 * at once; where it isn't the lease's own, what has been done may be saved before.
 */
export type SegmentWork = (lease: SegmentLease, signal: AbortSignal) => Promise<SegmentResult>;

/**
 * Takes segments that are free, at random, and does the work on each, beside any number of other workers; waits for those of workers
 * that may have died. Resolves when all segments are done, by whomever, with the number of those that this one did. When
 * work fails or the signal aborts, what is under way is given back, and the first failure or the reason is thrown.
 */
export async function workOnSegments(
  place: StatePlace,
  options: WorkOptions,
  work: SegmentWork,
): Promise<{ done: number }> {
  const failed = new AbortController();
  const stop = AbortSignal.any([options.signal, failed.signal]);
  const inTurn = pLimit(1);
  const queue = new SegmentQueue(place, options, stop);
  let done = 0;
  const lane = async () => {
    try {
      for (;;) {
        const lease = await inTurn(() => queue.next());
        if (lease === undefined) return;
        if (await doSegment(lease, options, stop, work)) done++;
        queue.wake();
      }
    } catch (error) {
      failed.abort(error);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, lane));
  stop.throwIfAborted();
  return { done };
}

/** False when the lease was lost. Throws what the work fails with. */
async function doSegment(
  lease: SegmentLease,
  { report }: WorkOptions,
  stop: AbortSignal,
  work: SegmentWork,
): Promise<boolean> {
  const of = { segment: lease.segment, epoch: lease.record.epoch };
  report?.({ type: "segment-started", ...of });
  try {
    stop.throwIfAborted();
    await lease.done(await work(lease, AbortSignal.any([stop, lease.signal])));
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
