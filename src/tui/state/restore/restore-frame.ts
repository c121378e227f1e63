import type { RestoreEnd, RestorePlan, RestoreSummary } from "../../../core/restore/restore-events.ts";
import type { Pulse } from "../pulse.ts";
import type { RestoreState } from "./restore-state.ts";

export const RESTORE_COUNTERS = ["items", "bytes", "readUnits", "writeUnits", "written"] as const;

export type RestoreCounter = (typeof RESTORE_COUNTERS)[number];
export type RestoreCounts = Record<RestoreEnd, Record<RestoreCounter, number>>;

/** Something to know before saying yes: `Table`, and where it is. Comes from outside: to be escaped. */
export interface Fact {
  label: string;
  text: string;
}

/** What somebody is asked: whether the plan is to be carried out. */
export interface PlanQuestion {
  plan: RestorePlan;
  facts: readonly Fact[];
}

/** Everything that one drawing of the dashboard shows. */
export interface RestoreFrame extends Pulse {
  state: RestoreState;
  /** Per second. */
  rates: RestoreCounts;
  /** Dollars for a million write units. */
  writePrice: number;
  /** While an answer is waited for. */
  question: PlanQuestion | undefined;
}

/** What is counted at each end, as rates are made of it. */
export function restoreCounters({ totals }: RestoreState): RestoreCounts {
  const { source, table, written } = totals;
  const { create, replace, delete: deleted } = written;
  return {
    source: { ...source, written: 0 },
    table: { ...table, written: create + replace + deleted },
  };
}

/** What a finished run came to, in a word. */
export function restoreOutcome(summary: RestoreSummary | undefined): string {
  if (summary === undefined) return "finished";
  return summary.outcome === "planned" ? "dry run done" : summary.outcome;
}
