import type { DiffTotals } from "../../core/diff/diff-totals.ts";
import type { RunState } from "./run-state.ts";

/** How far a repair started from the dashboard is: records settled, of those it was given. */
export class RepairProgress {
  readonly #records: number;
  readonly #before: number;

  constructor(records: number, { totals }: RunState) {
    this.#records = records;
    this.#before = settled(totals);
  }

  /** 0 to 1. */
  fraction({ totals }: RunState): number {
    if (this.#records === 0) return 0;
    return Math.min(1, (settled(totals) - this.#before) / this.#records);
  }
}

/** A record that turned out equal when it was read again needs no repair either. */
function settled({ repaired, undone, inFlight }: DiffTotals): number {
  return repaired.put + repaired.delete + repaired["by-others"] + undone.keys + inFlight;
}
