import { randomUUID } from "node:crypto";
import { clockOf, type LeaseTerms, marginOf } from "./lease-terms.ts";
import { SegmentLease } from "./segment-lease.ts";
import { newestNumbers, newestRecord, putRecord, type SegmentRecord } from "./segment-record.ts";
import type { StatePlace } from "./state-place.ts";

/** From when on a record lets others take its segment, by the clock of whoever asks; infinite: never, or always. */
export function freeFrom(
  { status, until, leaseMs }: SegmentRecord,
  terms: Pick<LeaseTerms, "clockMarginMs">,
): number {
  if (status === "open") return Number.NEGATIVE_INFINITY;
  if (status === "done") return Number.POSITIVE_INFINITY;
  return Date.parse(until) + marginOf(leaseMs, terms);
}

/**
 * Takes a segment that nobody has, to go on from what was saved last. Undefined when it is held or done, or when another was first.
 * @param options.abandoned the number of a record that the caller has seen to stay the newest for all its lease: its segment is
 * free, whatever the clocks say
 * @throws DdbrError `damaged`; as the place
 */
export async function takeSegment(
  place: StatePlace,
  segment: number,
  terms: LeaseTerms,
  { abandoned, signal }: { abandoned?: number | undefined; signal?: AbortSignal } = {},
): Promise<SegmentLease | undefined> {
  const now = clockOf(terms);
  const found = await newestRecord(place, segment, signal);
  if (found !== undefined && found.number !== abandoned && now() < freeFrom(found.record, terms)) {
    return undefined;
  }
  const { worker, leaseMs } = terms;
  const { epoch = 0, checkpoint = null, totals = null, parts = [] } = found?.record ?? {};
  const record: SegmentRecord = {
    worker,
    lease: randomUUID(),
    epoch: epoch + 1,
    until: new Date(now() + leaseMs).toISOString(),
    leaseMs,
    status: "working",
    checkpoint,
    totals,
    parts,
  };
  const taken = { number: (found?.number ?? 0) + 1, record };
  // Not stopped any more: it would be nobody's until the lease is over.
  if (!(await putRecord(place, segment, taken))) return undefined;
  // Since it was looked for, the holder may have gone on after all, and tidied the very number away that has now been created.
  // It stays: where it was the newest for a moment it may be in the way of one who must not go on.
  if ((await newestNumbers(place, segment)).get(segment) !== taken.number) return undefined;
  return new SegmentLease(place, segment, taken, terms);
}
