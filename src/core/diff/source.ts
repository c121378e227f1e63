import type { DdbrError } from "../errors.ts";
import type { WireItem, WireKey } from "../item/attribute-value.ts";
import type { SideDescription } from "./diff-events.ts";

/** Told of every answer, and of every attempt that is repeated and why: undefined where that is no failure. */
export interface RequestObserver {
  answered(call: { operation: string; readUnits: number; writeUnits: number; bytes: number }): void;
  retried(call: { operation: string; throttled: boolean }, error?: DdbrError): void;
}

/** One side of a comparison, as far as single records go. */
export interface RecordSide {
  readonly description: SideDescription;

  /** Tells the observer of every request from now on. */
  observe(observer: RequestObserver): void;

  /**
   * The present items of these keys, in any order; absent ones are left out. Returns only when every key
   * was answered for, or fails. `consistent`: sees every write that was acknowledged before.
   */
  read(keys: WireKey[], consistent: boolean, signal: AbortSignal): Promise<WireItem[]>;

  /** How many keys can be read consistently within about a second; absent where there is no limit. */
  keysInASecond?(): number;
}

/**
 * A side that is scanned by segments. Nothing is assumed of the order in which items come, nor that an item lies in
 * the same segment on both sides: where that holds a comparison costs less, and where it doesn't it is as right.
 */
export interface Source extends RecordSide {
  /**
   * All items of a segment in pages, each item at least once. Segments are 0 to `segments` - 1, and together
   * they cover everything. Fails with a DdbrError; ends with the signal's reason when that aborts.
   */
  scan(
    segment: number,
    segments: number,
    signal: AbortSignal,
    options?: ScanOptions,
  ): AsyncIterable<WireItem[]>;
}

export interface ScanOptions {
  /** Goes on after the item of this key: the `last` of an earlier scan of the segment. */
  after?: WireKey | undefined;
  /** Told of each page before it is yielded: what it has cost, and after which key the next begins; undefined for the last. */
  page?(told: { readUnits: number; last: WireKey | undefined }): void;
}

/** Somebody else wrote the record since it was read, or the write took effect. */
export type WriteOutcome = "written" | "race-lost";

/** A source whose records can be mended. */
export interface RepairTarget {
  /** Resolves when writing may go on under the limit of write units. */
  readyToWrite(signal: AbortSignal): Promise<void>;

  /**
   * Writes the item, on condition that the record is still `expected` (undefined: absent).
   * One attempt: after a failure that may pass, the record must be read again and decided anew.
   */
  put(item: WireItem, expected: WireItem | undefined): Promise<WriteOutcome>;

  /** Deletes the record, on condition that it is still `expected`. As {@link put} otherwise. */
  delete(expected: WireItem): Promise<WriteOutcome>;
}

/** A source that takes items unconditionally, for starting a new replica. */
export interface BackfillTarget {
  /** Returns when every item is durably written, or fails. */
  write(items: WireItem[], signal: AbortSignal): Promise<void>;
}
