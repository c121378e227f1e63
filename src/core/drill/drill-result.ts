import type { WireKey } from "../item/attribute-value.ts";
import type { RestoreSource } from "../restore/restore-source.ts";

/**
 * - `proved`: everything that was to be checked is as it should be
 * - `not-proved`: the backup cannot be restored, or what was restored is not what it should be
 * - `incomplete`: something else failed, so nothing is known of the backup · `interrupted`: stopped by the user
 */
export type DrillOutcome = "proved" | "not-proved" | "incomplete" | "interrupted";

/**
 * - `source`: the backup could be read, and is as its manifest says: files, counts, checksums
 * - `written`: every record was written, and was read back by the restore itself
 * - `count`: as many items were restored as the manifest says, or as were read where none does
 * - `items`: a fresh scan of the scratch table gives the fingerprint of what was read
 * - `manifest-fingerprint`: and the fingerprint that the manifest holds
 * - `against`: and that of a live table
 */
export type CheckName = "source" | "written" | "count" | "items" | "manifest-fingerprint" | "against";

export interface DrillCheck {
  name: CheckName;
  result: "passed" | "failed" | "not-done";
  /** One line. */
  detail: string;
}

/** Milliseconds of each part: reading the source and planning; making the table; the rest of a restore; checks beside it. */
export type DrillPhase = "read" | "make" | "write" | "verify" | "compare" | "remove";

/** What is known of a drill before anything is read. */
export interface DrillSetting {
  /** Of the program. */
  version: string;
  jobId: string;
  /** As typed. */
  source: string;
  /** The moment that an incremental folder was asked for, milliseconds since 1970. */
  at: number | undefined;
  /** The scratch table's place. */
  scratch: string;
  /** It is in the server that the program brings along. */
  local: boolean;
  /** The live table, as typed. */
  against: string | undefined;
}

/** What the source says of itself. */
export interface SourceFacts {
  kind: RestoreSource["kind"];
  /** The moment whose state it holds, milliseconds since 1970, as far as it says. */
  asOf: number | undefined;
  /** The table that it was made of, as far as it says. */
  table: { name: string; arn: string } | undefined;
}

/** Records by which the restored table and the live one differ. */
export interface LiveDifferences {
  onlyRestored: number;
  different: number;
  onlyLive: number;
  /** Some of the keys. */
  examples: WireKey[];
}

export interface ScratchEnd {
  /** It was made by this drill. */
  made: boolean;
  arn: string | undefined;
  /** It is gone, or never was. */
  removed: boolean;
  /** Why it may still be there; one line. */
  problem: string | undefined;
}

export interface DrillCost {
  /** Of the scratch table. */
  writeUnits: number;
  readUnits: number;
  /** Of the live table. */
  liveReadUnits: number;
  /** US dollars at these prices for all units that AWS counts: in the program's memory nothing is charged. */
  dollars: number;
  /** For a million units. */
  writePrice: number;
  readPrice: number;
}

export interface DrillResult extends DrillSetting {
  outcome: DrillOutcome;
  /** What ended a drill that came to no end of its own; one line. */
  failure: string | undefined;
  startedAt: Date;
  finishedAt: Date;
  /** Undefined where the source could not even be opened. */
  facts: SourceFacts | undefined;
  checks: DrillCheck[];
  /** Restored, by a fresh scan; bytes as DynamoDB counts them. Undefined where it did not come to that. */
  restored: { items: number; bytes: number; fingerprint: { buckets: number; digest: string } } | undefined;
  differences: LiveDifferences | undefined;
  phases: Record<DrillPhase, number>;
  cost: DrillCost;
  end: ScratchEnd;
}

/** From the beginning until everything was restored and verified, milliseconds; undefined where it did not come to that. */
export function recoveryTime({ phases, restored }: DrillResult): number | undefined {
  const { read, make, write, verify } = phases;
  return restored && read + make + write + verify;
}
