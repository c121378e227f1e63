import { sumFigures } from "../sum-figures.ts";
import type { End, EndTotals, TransferEvent, TransferTotals } from "./transfer-events.ts";

const NO_END: EndTotals = { requests: 0, bytes: 0, readUnits: 0, retries: 0, throttles: 0 };

export const NO_TRANSFER: TransferTotals = {
  read: 0,
  written: 0,
  kept: 0,
  foreign: 0,
  rawBytes: 0,
  storedBytes: 0,
  listed: 0,
  segmentsDone: 0,
  segmentsKept: 0,
  source: NO_END,
  destination: NO_END,
  undone: 0,
};

/** Adds one event to the totals; pure. */
export function addTransfer(totals: TransferTotals, event: TransferEvent): TransferTotals {
  switch (event.type) {
    case "listed":
      return { ...totals, listed: totals.listed + event.objects };
    case "read":
      return { ...totals, read: totals.read + event.items };
    case "written":
      return {
        ...totals,
        written: totals.written + event.items,
        rawBytes: totals.rawBytes + event.rawBytes,
        storedBytes: totals.storedBytes + event.storedBytes,
      };
    case "kept":
      return { ...totals, kept: totals.kept + event.items };
    case "segment-kept":
      return {
        ...totals,
        kept: totals.kept + event.items,
        rawBytes: totals.rawBytes + event.rawBytes,
        storedBytes: totals.storedBytes + event.storedBytes,
        segmentsDone: totals.segmentsDone + 1,
        segmentsKept: totals.segmentsKept + 1,
      };
    case "segment-done":
      return { ...totals, segmentsDone: totals.segmentsDone + 1 };
    case "answered":
      return addToEnd(totals, event.end, { requests: 1, bytes: event.bytes, readUnits: event.readUnits });
    case "retried":
      return addToEnd(totals, event.end, { retries: 1, throttles: event.throttled ? 1 : 0 });
    case "foreign":
      return { ...totals, foreign: totals.foreign + 1 };
    case "undone":
      return { ...totals, undone: totals.undone + 1 };
    case "added":
      return sumFigures(totals, event.totals);
    case "started":
    case "segment-started":
    case "estimated":
    case "in-flight":
    case "warning":
    case "finished":
      return totals;
  }
}

function addToEnd(totals: TransferTotals, end: End, more: Partial<EndTotals>): TransferTotals {
  const sum = { ...totals[end] };
  for (const [name, value] of Object.entries(more) as [keyof EndTotals, number][]) sum[name] += value;
  return { ...totals, [end]: sum };
}
