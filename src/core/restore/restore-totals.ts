import { sumFigures } from "../sum-figures.ts";
import type { ChangeKind } from "./change.ts";
import type { RestoreEnd, RestoreEvent } from "./restore-events.ts";

export interface RestoreEndTotals {
  /** Records read. */
  items: number;
  requests: number;
  /** Bytes of answers. */
  bytes: number;
  readUnits: number;
  writeUnits: number;
  retries: number;
  throttles: number;
}

export interface RestoreTotals {
  source: RestoreEndTotals;
  table: RestoreEndTotals;
  segmentsDone: number;
  foreign: number;
  /** By this run, and by an earlier one that it goes on with. */
  written: Record<ChangeKind, number>;
  before: Record<ChangeKind, number>;
  raced: number;
  discrepancies: number;
  undone: number;
}

const NO_END: RestoreEndTotals = {
  items: 0,
  requests: 0,
  bytes: 0,
  readUnits: 0,
  writeUnits: 0,
  retries: 0,
  throttles: 0,
};

export const NO_CHANGES: Record<ChangeKind, number> = { create: 0, replace: 0, delete: 0 };

export const NO_RESTORE: RestoreTotals = {
  source: NO_END,
  table: NO_END,
  segmentsDone: 0,
  foreign: 0,
  written: NO_CHANGES,
  before: NO_CHANGES,
  raced: 0,
  discrepancies: 0,
  undone: 0,
};

/** Adds one event to the totals; pure. */
export function addRestore(totals: RestoreTotals, event: RestoreEvent): RestoreTotals {
  switch (event.type) {
    case "read":
      return addToEnd(totals, event.end, { items: event.items });
    case "answered": {
      const { end, bytes, readUnits, writeUnits } = event;
      return addToEnd(totals, end, { requests: 1, bytes, readUnits, writeUnits });
    }
    case "retried":
      return addToEnd(totals, event.end, { retries: 1, throttles: event.throttled ? 1 : 0 });
    case "segment-done":
      return { ...totals, segmentsDone: totals.segmentsDone + 1 };
    case "foreign":
      return { ...totals, foreign: totals.foreign + 1 };
    case "written": {
      const { kind, items } = event;
      return { ...totals, written: { ...totals.written, [kind]: totals.written[kind] + items } };
    }
    case "resumed":
      return { ...totals, before: event.done };
    case "raced":
      return { ...totals, raced: totals.raced + 1 };
    case "discrepancy":
      return { ...totals, discrepancies: totals.discrepancies + 1 };
    case "undone":
      return { ...totals, undone: totals.undone + 1 };
    case "added":
      return sumFigures(totals, event.totals);
    case "started":
    case "phase":
    case "segment-started":
    case "left":
    case "planned":
    case "warning":
    case "finished":
      return totals;
  }
}

function addToEnd(totals: RestoreTotals, end: RestoreEnd, more: Partial<RestoreEndTotals>): RestoreTotals {
  const sum = { ...totals[end] };
  for (const [name, value] of Object.entries(more) as [keyof RestoreEndTotals, number][]) sum[name] += value;
  return { ...totals, [end]: sum };
}
