import type { DiffSummary, Side } from "../../core/diff/diff-events.ts";
import type { RunState } from "./run-state.ts";

export interface SideRates {
  items: number;
  bytes: number;
  readUnits: number;
  writeUnits: number;
}

/** Everything that one drawing of the dashboard shows, apart from the rows of the list. */
export interface Frame {
  state: RunState;
  activity: Activity;
  /** Running time without pauses, milliseconds. */
  elapsed: number;
  /** Milliseconds to go; undefined when unknown. */
  eta: number | undefined;
  /** 0 to 1. */
  fraction: number;
  /** Per second. */
  rates: Record<Side, SideRates>;
  /** Whether a repair of what was found can be started now. */
  canRepair: boolean;
}

/** `repairing` is the run that was started from the dashboard. */
export type Activity = "starting" | "running" | "repairing" | "paused" | "stopping" | "finished";

export function isOver({ activity }: Frame): boolean {
  return activity === "finished";
}

/** What a finished run came to, in a word. */
export function outcomeWord(summary: DiffSummary | undefined): string {
  return summary === undefined || summary.outcome === "discrepancies" ? "finished" : summary.outcome;
}
