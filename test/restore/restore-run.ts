import { PauseGate } from "../../src/core/pause-gate.ts";
import type { RestoreEvent } from "../../src/core/restore/restore-events.ts";
import type { RestoreRun } from "../../src/core/restore/restore-run.ts";

/** A run whose events are kept. */
export function newRun(): RestoreRun & { events: RestoreEvent[] } {
  const events: RestoreEvent[] = [];
  return {
    signal: new AbortController().signal,
    gate: new PauseGate(),
    report: (event) => events.push(event),
    patienceMs: 10_000,
    events,
  };
}
