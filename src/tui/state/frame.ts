import type { DiffSummary, Side } from "../../core/diff/diff-events.ts";
import type { Pulse } from "./pulse.ts";
import type { RunState } from "./run-state.ts";

export interface SideRates {
  items: number;
  bytes: number;
  readUnits: number;
  writeUnits: number;
}

/** Everything that one drawing of the dashboard shows, apart from the rows of the list. */
export interface Frame extends Pulse {
  state: RunState;
  /** Per second. */
  rates: Record<Side, SideRates>;
  /** Whether a repair of what was found can be started now. */
  canRepair: boolean;
}

/** What a finished run came to, in a word. */
export function outcomeWord(summary: DiffSummary | undefined): string {
  return summary === undefined || summary.outcome === "discrepancies" ? "finished" : summary.outcome;
}

/** What is counted on each side, as rates are made of it. */
export function sideCounters({ totals }: RunState): Record<Side, SideRates> {
  return { primary: totals.primary, replica: totals.replica };
}
