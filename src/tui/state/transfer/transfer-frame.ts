import type { End, TransferSummary } from "../../../core/transfer/transfer-events.ts";
import type { Pulse } from "../pulse.ts";
import type { TransferState } from "./transfer-state.ts";

export const END_COUNTERS = ["items", "bytes", "readUnits"] as const;

export type EndCounter = (typeof END_COUNTERS)[number];
export type EndCounts = Record<End, Record<EndCounter, number>>;

/** Everything that one drawing of the dashboard shows. */
export interface TransferFrame extends Pulse {
  state: TransferState;
  /** Per second. */
  rates: EndCounts;
}

/** What is counted at each end, as rates are made of it. */
export function endCounters({ totals }: TransferState): EndCounts {
  const { source, destination, read, written } = totals;
  return {
    source: { items: read, bytes: source.bytes, readUnits: source.readUnits },
    destination: { items: written, bytes: destination.bytes, readUnits: destination.readUnits },
  };
}

/** What a finished transfer came to, in a word. */
export function outcomeOf(summary: TransferSummary | undefined): string {
  return summary?.outcome ?? "finished";
}
