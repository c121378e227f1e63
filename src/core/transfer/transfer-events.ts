import type { KeySchema, WireKey } from "../item/attribute-value.ts";

/**
 * - `backup`: a table into one file a segment · `backfill`: a table into one object a record
 * - `snapshot`: one object a record into one file · `fingerprint`: any of these is read, and nothing but its fingerprint written
 */
export type TransferJob = "backup" | "backfill" | "snapshot" | "fingerprint";

/** The side that is read, or the one that is written. */
export type End = "source" | "destination";

/** What could not be done: one key, one object, or a whole segment. */
export interface UndoneTransfer {
  key?: WireKey;
  object?: string;
  segment?: number;
  /** One line. */
  reason: string;
}

export interface TransferTotals {
  /** Items read from the source, and those of them that are durably written. */
  read: number;
  written: number;
  /** Already there and equal (`--only-missing`), so not written. */
  kept: number;
  /** Objects in the folder that are not records. */
  foreign: number;
  /** Bytes of items as JSON lines; and as stored, after compression. */
  rawBytes: number;
  storedBytes: number;
  /** Objects listed so far (snapshot). */
  listed: number;
  segmentsDone: number;
  /** Segments that an earlier run has done (`--resume`). */
  segmentsKept: number;
  source: EndTotals;
  destination: EndTotals;
  undone: number;
}

export interface EndTotals {
  requests: number;
  /** Bytes of answers (source) or of bodies sent (destination). */
  bytes: number;
  readUnits: number;
  retries: number;
  throttles: number;
}

export interface TransferSummary {
  job: TransferJob;
  jobId: string;
  outcome: "complete" | "incomplete" | "interrupted";
  totals: TransferTotals;
  segments: number;
  ofSegments: number;
  /** Wall time, milliseconds. */
  elapsedMs: number;
  /** What was written, as locations to show: a folder or files. */
  wrote: string;
  /** Why an `incomplete` run ended; one line. */
  failure?: string;
  /** One of many workers tells of itself: `segments` are those that it has done. */
  worker?: true;
  /** It is what many workers have come to. */
  collected?: true;
  /** What a `fingerprint` job came to. */
  fingerprint?: FingerprintTold;
}

export interface FingerprintTold {
  items: number;
  buckets: number;
  /** Lowercase hex. */
  digest: string;
  /** Buckets in which it is not what the source's manifest says; absent where that says nothing. */
  differing?: number;
}

/** Everything that happens while items go from a table or folder into a store: numbers and keys, never prose. */
export type TransferEvent =
  | {
      type: "started";
      job: TransferJob;
      jobId: string;
      /** Locations, as typed. */
      source: string;
      destination: string;
      schema?: KeySchema;
      /** How many segments the table is split into, and which are done here (snapshot: one). */
      segments: number;
      chosen: readonly number[];
      /** Expected items, bytes and read units; 0 where unknown. */
      estimate: { items: number; bytes: number; readUnits: number };
    }
  | { type: "segment-started"; segment: number }
  | { type: "segment-done"; segment: number }
  /** An earlier run has done this segment. */
  | { type: "segment-kept"; segment: number; items: number; rawBytes: number; storedBytes: number }
  /** The folder's listing is complete: so many objects are to be read. */
  | { type: "estimated"; items: number }
  | { type: "listed"; objects: number }
  /** Items that came from the source. */
  | { type: "read"; segment: number; items: number }
  /** Items written durably, or handed to a file that becomes whole at its end: negative figures take them back when it does not. */
  | { type: "written"; segment: number; items: number; rawBytes: number; storedBytes: number }
  | { type: "kept"; segment: number; items: number }
  | { type: "answered"; end: End; operation: string; readUnits: number; bytes: number }
  | { type: "retried"; end: End; operation: string; throttled: boolean }
  /** Requests to the store that are under way just now. */
  | { type: "in-flight"; requests: number }
  /** An object in the folder that is not a record: passed over. */
  | { type: "foreign"; object: string; reason: string }
  | { type: "undone"; undone: UndoneTransfer }
  /** What others have done of the same run, beside what is told by events of its own. */
  | { type: "added"; totals: TransferTotals }
  /** One line; the run goes on. */
  | { type: "warning"; message: string }
  | { type: "finished"; summary: TransferSummary };

export type TransferReport = (event: TransferEvent) => void;
