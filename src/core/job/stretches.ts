import type { SegmentLease, SegmentResult } from "../state/segment-lease.ts";
import type { SegmentControls } from "../state/worker.ts";

/** How far the work on a segment is, and what it came to: see Progress. */
export interface Reached<Checkpoint, Totals> {
  checkpoint: Checkpoint;
  totals: Totals;
  parts: readonly string[];
}

/**
 * Does a part of a segment, whole in itself, from where the one before ended until `enough` says so.
 * @returns where it ended, with the totals and parts of all up to there
 */
export type Stretch<Checkpoint, Totals> = (
  from: Reached<Checkpoint, Totals>,
  enough: () => boolean,
) => Promise<Reached<Checkpoint, Totals> & { isDone: boolean }>;

export interface StretchOptions<Checkpoint, Totals> {
  /** Where a segment begins. */
  first: Pick<Reached<Checkpoint, Totals>, "checkpoint" | "totals">;
  /** After so many milliseconds a stretch is to end: what a killed worker did since the last is lost. */
  checkpointMs: number;
}

/** Works on a segment stretch by stretch, and saves after each. Undefined when it is paused before the segment's end. */
export async function workInStretches<Checkpoint, Totals>(
  lease: SegmentLease,
  { pause }: SegmentControls,
  { first, checkpointMs }: StretchOptions<Checkpoint, Totals>,
  stretch: Stretch<Checkpoint, Totals>,
): Promise<SegmentResult | undefined> {
  const { checkpoint, totals, parts } = lease.record;
  let reached: Reached<Checkpoint, Totals> =
    checkpoint === null ? { ...first, parts } : ({ checkpoint, totals, parts } as typeof reached);
  while (!pause.aborted) {
    const endsAt = performance.now() + checkpointMs;
    const { isDone, ...next } = await stretch(reached, () => pause.aborted || performance.now() >= endsAt);
    if (isDone) return next;
    await lease.save(next);
    reached = next;
  }
  return undefined;
}
