import type { PauseGate } from "../pause-gate.ts";
import type { RestoreReport } from "./restore-events.ts";

/** A restore under way, as its parts see it. */
export interface RestoreRun {
  /** Stops all parts: aborts when the user stops the run and when one part fails. */
  signal: AbortSignal;
  gate: PauseGate;
  report: RestoreReport;
  /** How long what fails in passing is repeated, milliseconds. */
  patienceMs: number;
}
