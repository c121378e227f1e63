import { sumFigures } from "../sum-figures.ts";
import type { DiffEvent, Side } from "./diff-events.ts";
import type { DiscrepancyKind } from "./discrepancy.ts";

export interface SideTotals {
  /** Items scanned. */
  items: number;
  /** Bytes of the answers as they came over the wire. */
  bytes: number;
  requests: number;
  readUnits: number;
  writeUnits: number;
  /** Requests repeated, throttled ones among them. */
  retries: number;
  throttles: number;
  /** Items looked up by key because their partner didn't come by in the scan. */
  lookedUp: number;
}

export interface DiffTotals {
  primary: SideTotals;
  replica: SideTotals;
  segmentsDone: number;
  discrepancies: Record<DiscrepancyKind, number>;
  repaired: { put: number; delete: number; "by-others": number };
  racesLost: number;
  inFlight: number;
  backfilled: number;
  /** Objects in the folder that are not records. */
  foreign: number;
  /** Second objects of records in the folder, and those of them that are deleted. */
  duplicates: { found: number; deleted: number };
  undone: { keys: number; segments: number };
}

const NO_SIDE: SideTotals = {
  items: 0,
  bytes: 0,
  requests: 0,
  readUnits: 0,
  writeUnits: 0,
  retries: 0,
  throttles: 0,
  lookedUp: 0,
};

export const NO_TOTALS: DiffTotals = {
  primary: NO_SIDE,
  replica: NO_SIDE,
  segmentsDone: 0,
  discrepancies: { missing: 0, different: 0, extraneous: 0 },
  repaired: { put: 0, delete: 0, "by-others": 0 },
  racesLost: 0,
  inFlight: 0,
  backfilled: 0,
  foreign: 0,
  duplicates: { found: 0, deleted: 0 },
  undone: { keys: 0, segments: 0 },
};

/** Adds one event to the totals; pure. */
export function addToTotals(totals: DiffTotals, event: DiffEvent): DiffTotals {
  switch (event.type) {
    case "scanned":
      return addToSide(totals, event.side, { items: event.items });
    case "looked-up":
      return addToSide(totals, event.side, { lookedUp: event.keys });
    case "answered": {
      const { side, bytes, readUnits, writeUnits } = event;
      return addToSide(totals, side, { requests: 1, bytes, readUnits, writeUnits });
    }
    case "retried":
      return addToSide(totals, event.side, { retries: 1, throttles: event.throttled ? 1 : 0 });
    case "segment-done":
      return { ...totals, segmentsDone: totals.segmentsDone + 1 };
    case "in-flight":
      return { ...totals, inFlight: totals.inFlight + 1 };
    case "discrepancy": {
      const { kind } = event.discrepancy;
      return { ...totals, discrepancies: bump(totals.discrepancies, kind) };
    }
    case "repaired":
      return { ...totals, repaired: bump(totals.repaired, event.action) };
    case "race-lost":
      return { ...totals, racesLost: totals.racesLost + 1 };
    case "backfilled":
      return { ...totals, backfilled: totals.backfilled + event.keys.length };
    case "foreign":
      return { ...totals, foreign: totals.foreign + 1 };
    case "duplicate":
      return { ...totals, duplicates: bump<keyof DiffTotals["duplicates"]>(totals.duplicates, "found") };
    case "duplicate-deleted":
      return { ...totals, duplicates: bump<keyof DiffTotals["duplicates"]>(totals.duplicates, "deleted") };
    case "undone":
      return { ...totals, undone: bump(totals.undone, event.undone.key ? "keys" : "segments") };
    case "added":
      return sumFigures(totals, event.totals);
    case "started":
    case "segment-started":
    case "finished":
      return totals;
  }
}

export function countDiscrepancies(totals: DiffTotals): number {
  const { missing, different, extraneous } = totals.discrepancies;
  return missing + different + extraneous;
}

function bump<Counter extends string>(
  counts: Record<Counter, number>,
  counter: Counter,
): Record<Counter, number> {
  return { ...counts, [counter]: counts[counter] + 1 };
}

function addToSide(totals: DiffTotals, side: Side, more: Partial<SideTotals>): DiffTotals {
  const sum = { ...totals[side] };
  for (const [name, value] of Object.entries(more) as [keyof SideTotals, number][]) sum[name] += value;
  return { ...totals, [side]: sum };
}
