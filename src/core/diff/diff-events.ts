import type { KeySchema, WireKey } from "../item/attribute-value.ts";
import type { DiffTotals } from "./diff-totals.ts";
import type { Discrepancy } from "./discrepancy.ts";

export type Side = "primary" | "replica";

/** - `check`: compare only · `repair`: compare and mend the replica · `backfill`: write every item to the replica */
export type DiffMode = "check" | "repair" | "backfill";

/** One compared side, as described before the run. Counts are the service's own, up to six hours old. */
export interface SideDescription {
  /** What the side is called on the screen and in lines, e.g. `primary`; one short word. */
  label: string;
  /** The location as the user typed it. */
  name: string;
  schema: KeySchema;
  items: number;
  bytes: number;
}

/** What the run is expected to consume, from the tables' sizes. */
export interface DiffEstimate {
  readUnits: Record<Side, number>;
  writeUnits: number;
}

/** What could not be done: one key, or a whole segment. */
export interface Undone {
  key?: WireKey;
  segment?: number;
  /** One line. */
  reason: string;
}

export interface DiffSummary {
  jobId: string;
  mode: DiffMode;
  dryRun: boolean;
  /** What the two sides are called. */
  labels: Record<Side, string>;
  /**
   * - `clean`: nothing differs, or all was repaired and verified
   * - `discrepancies`: some remain, or records are there twice · `incomplete`: something could not be done · `interrupted`: stopped by the user
   */
  outcome: "clean" | "discrepancies" | "incomplete" | "interrupted";
  totals: DiffTotals;
  /** How many segments there were to do; none when single keys were given. */
  segments: number;
  /** How many segments the tables were split into: where that is more, a part of them was compared. */
  ofSegments: number;
  /** Wall time, milliseconds. */
  elapsedMs: number;
  /** Candidates not yet confirmed when the run was stopped. */
  unconfirmed: number;
  /** Why an `incomplete` run ended; one line. */
  failure?: string;
  /** One of many workers tells of itself: `segments` are those that it has done. */
  worker?: true;
}

/** Everything that happens during a comparison: numbers and keys, never prose. */
export type DiffEvent =
  | {
      type: "started";
      jobId: string;
      mode: DiffMode;
      dryRun: boolean;
      primary: SideDescription;
      replica: SideDescription;
      /** How many segments the tables are split into, and which of them are done here. */
      segments: number;
      chosen: readonly number[];
      estimate: DiffEstimate;
    }
  | { type: "segment-started"; segment: number }
  | { type: "segment-done"; segment: number }
  /** Items were read; the segment is absent where the side has none, as a file. */
  | { type: "scanned"; side: Side; segment?: number; items: number }
  /** A request was answered. Units and bytes are of this answer. */
  | { type: "answered"; side: Side; operation: string; readUnits: number; writeUnits: number; bytes: number }
  /** A request failed, or was done in part, and is repeated. */
  | { type: "retried"; side: Side; operation: string; throttled: boolean }
  /** Items without a partner are looked up by key in `side`. */
  | { type: "looked-up"; side: Side; keys: number }
  /** A record looked different and turned out equal when read again: a write was on its way. */
  | { type: "in-flight" }
  | { type: "discrepancy"; discrepancy: Discrepancy }
  /** A reported record is equal now, seen by reading both: by our write, or because others wrote it. */
  | { type: "repaired"; key: WireKey; action: "put" | "delete" | "by-others" }
  /** Somebody else wrote the replica's record between reading and writing; it is read and decided anew. */
  | { type: "race-lost"; key: WireKey }
  /** Items written to the replica (or, on a dry run, that would be). */
  | { type: "backfilled"; keys: readonly WireKey[] }
  /** An object in the folder that is not a record: passed over. */
  | { type: "foreign"; object: string; reason: string }
  /** A record has a second object in the folder, under an older name than `of`, which is the one that counts. */
  | { type: "duplicate"; key: WireKey; object: string; of: string }
  /** Such an object is gone now. */
  | { type: "duplicate-deleted"; object: string }
  | { type: "undone"; undone: Undone }
  /** What others have done of the same run, beside what is told by events of its own. */
  | { type: "added"; totals: DiffTotals }
  | { type: "finished"; summary: DiffSummary };

export type DiffReport = (event: DiffEvent) => void;
