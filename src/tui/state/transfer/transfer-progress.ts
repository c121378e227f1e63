import { type Evidence, fractionOf, type Progress, partDone, progressOf } from "../items-or-segments.ts";
import { type SegmentWork, settledItems } from "./segment-work.ts";
import type { TransferState } from "./transfer-state.ts";

/** How much is done, 0 to 1; what an earlier run did counts. */
export function transferFraction(state: TransferState): number {
  return fractionOf(progressOf(evidenceOf(state)));
}

/** What this run has done and has to do, for the time to go: it did not do what an earlier run did. */
export function ownWork(state: TransferState): Progress {
  const progress = progressOf(evidenceOf(state));
  const earlier = progress.unit === "items" ? state.earlierItems : state.totals.segmentsKept;
  return { ...progress, done: progress.done - earlier, total: progress.total - earlier };
}

/** How far one active segment is, 0 to 1. */
export function segmentDone(state: TransferState, work: SegmentWork): number {
  return partDone(evidenceOf(state), work);
}

function evidenceOf({ board, expected, totals }: TransferState): Evidence<SegmentWork> {
  return { board, expected: expected.items, items: settledItems(totals), itemsOf: settledItems };
}
