import { DdbrError, type ErrorCode } from "../errors.ts";
import type { StreamRecord } from "./stream-record.ts";

/** A record that could not be done, and why. */
export interface FailedRecord {
  record: StreamRecord;
  error: DdbrError;
}

/** What became of the records of a batch that were not written, each in one of the lists. */
export interface Replayed {
  /** A later record of the same key, in the same batch, is in the target instead. */
  superseded: StreamRecord[];
  failed: FailedRecord[];
  /** Not done, or not known to be done, when the work was stopped. */
  left: StreamRecord[];
}

/** What a stream is replayed onto. */
export interface StreamTarget {
  /**
   * Replays records, of each key in the order of their sequence numbers. Where one of a key is not done, no later one is.
   * When `signal` aborts it returns soon, with what is left.
   * @param records each once
   * @param written told of each record when what it says is in the target, durably; also of those before a failure of all
   * @throws DdbrError when nothing can be done at all: no such table or bucket, no permission, no credentials
   */
  replay(
    records: readonly StreamRecord[],
    signal: AbortSignal,
    written?: (record: StreamRecord) => void,
  ): Promise<Replayed>;
  /** Resolves when no write is on its way any more, also none that a stop has left. */
  settled(): Promise<void>;
  close(): void;
}

/** What goes wrong for every record alike, and not by itself right again. */
const NOTHING_GOES: ReadonlySet<ErrorCode> = new Set([
  "no-such-table",
  "no-such-bucket",
  "permission",
  "credentials",
  "location",
]);

/** The failure of one record; throws whatever concerns all of them, or is no DdbrError. */
export function ofOneRecord(error: unknown): DdbrError {
  if (error instanceof DdbrError && !NOTHING_GOES.has(error.code)) return error;
  throw error;
}

/** The records of each key, oldest first. */
export function byKey(records: readonly StreamRecord[]): StreamRecord[][] {
  const keys = new Map<string, StreamRecord[]>();
  for (const record of records) {
    const same = keys.get(record.id);
    if (same === undefined) keys.set(record.id, [record]);
    else same.push(record);
  }
  return [...keys.values()];
}
