import { backfill } from "./backfill.ts";
import type { DiffStretch } from "./compare-segment.ts";
import { compareTables } from "./compare-tables.ts";
import type { DiffSummary } from "./diff-events.ts";
import { type DiffSetup, runDiff } from "./run-diff.ts";
import type { BackfillTarget, RepairTarget, Source } from "./source.ts";

export interface DiffOptions extends DiffSetup {
  primary: Source;
  replica: Source & RepairTarget & BackfillTarget;
  /** Bound on what waits for its partner, in all segments together; bytes. */
  waitingBytes: number;
  /** Of the only segment chosen, do a part. */
  stretch?: DiffStretch | undefined;
}

/** Compares two tables, repairs the replica, or fills a new one. */
export function diffTables(options: DiffOptions): Promise<DiffSummary> {
  return runDiff(options, (run) =>
    options.mode === "backfill" ? backfill(run, options) : compareTables(run, options),
  );
}
