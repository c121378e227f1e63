import type { RequestObserver } from "../diff/source.ts";
import type { PauseGate } from "../pause-gate.ts";
import type { StoreObserver } from "../store/object-store.ts";
import type { RestoreEnd, RestoreReport } from "./restore-events.ts";

/** A restore under way, as its parts see it. */
export interface RestoreRun {
  /** Stops all parts: aborts when the user stops the run and when one part fails. */
  signal: AbortSignal;
  gate: PauseGate;
  report: RestoreReport;
  /** How long what fails in passing is repeated, milliseconds. */
  patienceMs: number;
}

/** Passes on what a table or a store tells of its requests; those to a store take no units. */
export function observerOf(end: RestoreEnd, report: RestoreReport): RequestObserver & StoreObserver {
  return {
    answered: (call: Parameters<StoreObserver["answered"]>[0]) =>
      report({ type: "answered", end, readUnits: 0, writeUnits: 0, ...call }),
    retried: ({ operation, throttled }) => report({ type: "retried", end, operation, throttled }),
  };
}
