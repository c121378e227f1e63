import type { Side, SideDescription } from "../../core/diff/diff-events.ts";
import type { RunState } from "./run-state.ts";
import type { SegmentItems } from "./segment-board.ts";

/** A segment that is not done is never drawn as full: the counts it is measured by may be hours old. */
const ALMOST = 0.98;

/** Items expected in the chosen segments, by the service's own counts; 0 when unknown. */
function expectedItems(state: RunState): number {
  const share = state.segments > 0 ? state.board.chosen / state.segments : 0;
  return scannedSides(state).reduce((sum, side) => sum + itemsOf(state[side]), 0) * share;
}

/** How far one active segment is, 0 to 1. */
export function segmentFraction(state: RunState, items: SegmentItems): number {
  if (state.board.chosen === 0) return 0;
  const expected = expectedItems(state) / state.board.chosen;
  if (!(expected > 0)) return 0;
  return Math.min(ALMOST, sum(state, items) / expected);
}

/**
 * How much of the scan is done, 0 to 1: by items while the tables' counts hold; where they are
 * missing or exceeded, by segments.
 */
export function scanFraction(state: RunState): number {
  const { board, totals } = state;
  if (board.chosen === 0) return 0;
  if (board.done >= board.chosen) return 1;
  const expected = expectedItems(state);
  const scanned = sum(state, { primary: totals.primary.items, replica: totals.replica.items });
  if (expected > 0 && scanned <= expected * ALMOST) return scanned / expected;
  let segments = board.done;
  for (const items of board.active.values()) segments += segmentFraction(state, items);
  return Math.min(ALMOST, segments / board.chosen);
}

/** A backfill reads the primary only. */
function scannedSides(state: RunState): readonly Side[] {
  return state.mode === "backfill" ? ["primary"] : ["primary", "replica"];
}

function sum(state: RunState, items: SegmentItems): number {
  return scannedSides(state).reduce((total, side) => total + items[side], 0);
}

function itemsOf(side: SideDescription | undefined): number {
  return side !== undefined && side.items > 0 ? side.items : 0;
}
