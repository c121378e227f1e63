import { PauseGate } from "../pause-gate.ts";
import type { TransferReport } from "../transfer/transfer-events.ts";
import type { ItemSource, TakeItems, WantedBuckets } from "./item-source.ts";

export interface ReadControls {
  signal: AbortSignal;
  report: TransferReport;
}

/** Reads a source by itself, not as a transfer. @throws what stops it, or the signal's reason */
export async function readSource(
  source: ItemSource,
  { signal, report }: ReadControls,
  take: TakeItems,
  wanted?: WantedBuckets,
): Promise<void> {
  const failure = new AbortController();
  const run = {
    chosen: Array.from({ length: source.segments }, (_, segment) => segment),
    gate: new PauseGate(),
    signal: AbortSignal.any([signal, failure.signal]),
    report,
    inFlight: () => {},
    fail: (error: unknown) => failure.abort(error),
    failed: () => failure.signal.aborted,
  };
  await source.read(run, take, wanted);
  run.signal.throwIfAborted();
}
