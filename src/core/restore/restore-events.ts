import type { SideDescription } from "../diff/diff-events.ts";
import type { Discrepancy } from "../diff/discrepancy.ts";
import type { WireKey } from "../item/attribute-value.ts";
import type { ChangeKind } from "./change.ts";
import type { RestoreTotals } from "./restore-totals.ts";

export type RestoreJob = "restore-table" | "restore-record" | "rewind" | "undo";

/**
 * - `merge`: puts what is missing or different, deletes nothing · `missing`: only puts what is absent
 * - `replace`: the table becomes equal to the source
 */
export type RestoreMode = "merge" | "missing" | "replace";

export const RESTORE_MODES: readonly RestoreMode[] = ["merge", "missing", "replace"];

/**
 * - `reading`: the source and the table are read and compared · `planning`: the changes are written down
 * - `asking`: somebody is asked · `writing` · `verifying`: both are compared once more
 * - `sharing`: many workers do all of this, part by part
 */
export type RestorePhase = "reading" | "planning" | "asking" | "writing" | "verifying" | "sharing";

/** Where requests go: what is restored from, or the table that is restored. */
export type RestoreEnd = "source" | "table";

export interface ChangeCounts {
  items: number;
  /** Of the items that are put or, for deletions, taken away. */
  bytes: number;
  /** Beside those of indexes. */
  writeUnits: number;
}

/**
 * - `extraneous`: only in the table, and nothing is deleted in this mode · `present`: different, and only absent ones are put
 * - `changed-since`: written by others after the window, or after what is undone
 * - `not-in-backup`: the table's item is not the one that the backup has seen last
 */
export type LeftReason = "extraneous" | "present" | "changed-since" | "not-in-backup";

export const LEFT_REASONS: readonly LeftReason[] = [
  "extraneous",
  "present",
  "changed-since",
  "not-in-backup",
];

/** What would be done, all of it known. */
export interface RestorePlan {
  changes: Record<ChangeKind, ChangeCounts>;
  /** Records that are as they should be. */
  equal: number;
  /** Records that differ and are left alone. */
  left: Record<LeftReason, number>;
}

export interface UndoneRestore {
  key?: WireKey;
  segment?: number;
  /** One line. */
  reason: string;
}

export interface RestoreSummary {
  jobId: string;
  job: RestoreJob;
  dryRun: boolean;
  /**
   * - `restored`: all of the plan is done and verified (also when there was nothing to do) · `planned`: a dry run's end
   * - `discrepancies`: some records were left, or are not as planned, because others wrote them
   * - `incomplete`: something could not be done · `interrupted`: stopped by the user
   */
  outcome: "restored" | "planned" | "discrepancies" | "incomplete" | "interrupted";
  /** Undefined when it was not complete. Nothing was written then. */
  plan: RestorePlan | undefined;
  totals: RestoreTotals;
  /** Milliseconds. */
  elapsedMs: number;
  /** Where what was replaced is kept; undefined where nothing was to be done. */
  undoFile: string | undefined;
  /** The table was made by this run. */
  created: boolean;
  /** Why an `incomplete` run ended; one line. */
  failure?: string;
  /** Of a run by many workers. */
  shared?: SharedRestore;
}

export interface SharedRestore {
  /** Segments that are done; `worker`: by this one alone, of which all else is told, too. */
  done: number;
  of: number;
  worker: boolean;
}

/** Everything that happens while records are restored: numbers and keys, never prose. */
export type RestoreEvent =
  | {
      type: "started";
      jobId: string;
      job: RestoreJob;
      dryRun: boolean;
      /** As typed. */
      source: string;
      /** Milliseconds since 1970: whose state is wanted, or (rewind) the window's beginning and end. */
      at?: number | undefined;
      until?: number | undefined;
      mode?: RestoreMode | undefined;
      table: SideDescription;
      /** Records that the source is expected to hold; 0: unknown. */
      sourceItems: number;
      /** The table's scan: 0 where only some keys are read. */
      segments: number;
    }
  | { type: "phase"; phase: RestorePhase }
  | { type: "segment-started"; segment: number }
  | { type: "segment-done"; segment: number }
  /** Records read from one end, also while verifying. */
  | { type: "read"; end: RestoreEnd; items: number }
  | {
      type: "answered";
      end: RestoreEnd;
      operation: string;
      readUnits: number;
      writeUnits: number;
      bytes: number;
    }
  | { type: "retried"; end: RestoreEnd; operation: string; throttled: boolean }
  /** An object in a folder that is no record's: passed over. */
  | { type: "foreign"; object: string; reason: string }
  /** A record that differs and is left alone; `extraneous` and `present` ones are only counted. */
  | { type: "left"; key: WireKey; reason: LeftReason }
  | { type: "planned"; plan: RestorePlan; undoFile: string | undefined }
  /** Done by an earlier run that this one goes on with. */
  | { type: "resumed"; done: Record<ChangeKind, number> }
  | { type: "written"; kind: ChangeKind; items: number }
  /** Somebody wrote the record after the plan was made: it is left alone. */
  | { type: "raced"; key: WireKey }
  /** Verifying: the record is not as it should be. The primary is what it should be, the replica the table. */
  | { type: "discrepancy"; discrepancy: Discrepancy }
  | { type: "undone"; undone: UndoneRestore }
  /** One line; the run goes on. */
  | { type: "warning"; message: string }
  /** What others have done of the same run, beside what is told by events of its own. */
  | { type: "added"; totals: RestoreTotals }
  | { type: "finished"; summary: RestoreSummary };

export type RestoreReport = (event: RestoreEvent) => void;
