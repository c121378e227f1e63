import { compareSequences } from "./sequence.ts";
import type { StreamRecord, UnreadableRecord } from "./stream-record.ts";
import type { FailedRecord, StreamTarget } from "./stream-target.ts";
import type { WrittenBefore } from "./written-before.ts";

/** Which of two functions a stream is handed over between this is, and at what moment, milliseconds since 1970. */
export interface Turnover {
  role: "BEFORE" | "AFTER";
  at: number;
}

/** What became of a batch. */
export interface ReplayedBatch {
  written: number;
  /** A later record of the same key was written instead. */
  superseded: number;
  /** Written before, when the batch, or a part of it, was delivered already. */
  repeated: number;
  /** The other function's. */
  passedOver: number;
  failed: FailedRecord[];
  unreadable: UnreadableRecord[];
  /** Not begun, or not known to be done, when the time was up. */
  left: StreamRecord[];
  /** Sequence numbers of all that has to come again, lowest first. */
  again: string[];
}

export interface ReplayOptions {
  target: StreamTarget;
  before: WrittenBefore;
  turnover?: Turnover | undefined;
}

/**
 * Replays a batch of a stream onto a target. Where it comes again, in part or whole, the target ends the same.
 * @throws DdbrError when nothing can be done at all
 */
export async function replayBatch(
  records: readonly (StreamRecord | UnreadableRecord)[],
  { target, before, turnover }: ReplayOptions,
  signal: AbortSignal,
): Promise<ReplayedBatch> {
  const readable: StreamRecord[] = [];
  const unreadable: UnreadableRecord[] = [];
  for (const record of records) {
    if ("problem" in record) unreadable.push(record);
    else readable.push(record);
  }
  const ours = readable.filter((record) => turnover === undefined || isOurs(record, turnover));
  const fresh = inOrder(ours).filter((record) => !before.has(record));
  let written = 0;
  const { superseded, failed, left } = await target.replay(fresh, signal, (record) => {
    before.add(record);
    written++;
  });
  const undone = [...unreadable, ...failed.map(({ record }) => record), ...left];
  return {
    written,
    superseded: superseded.length,
    repeated: ours.length - fresh.length,
    passedOver: readable.length - ours.length,
    failed,
    unreadable,
    left,
    again: undone.map(({ sequence }) => sequence).sort(compareSequences),
  };
}

/** One whose time isn't told is done by both: twice does no harm. */
function isOurs({ at }: StreamRecord, turnover: Turnover): boolean {
  return at === undefined || (turnover.role === "BEFORE") === at < turnover.at;
}

/** In the order of sequence numbers, each record once. */
function inOrder(records: StreamRecord[]): StreamRecord[] {
  const sorted = records.toSorted((a, b) => compareSequences(a.sequence, b.sequence));
  return sorted.filter(({ sequence, id }, index) => {
    const previous = sorted[index - 1];
    return previous?.sequence !== sequence || previous.id !== id;
  });
}
