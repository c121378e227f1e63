import type { Side, SideDescription } from "../../core/diff/diff-events.ts";
import { type Evidence, fractionOf, partDone, progressOf } from "./items-or-segments.ts";
import type { RunState, SegmentItems } from "./run-state.ts";

/** How far one active segment is, 0 to 1. */
export function segmentFraction(state: RunState, items: SegmentItems): number {
  return partDone(evidenceOf(state), items);
}

/** How much of the scan is done, 0 to 1. */
export function scanFraction(state: RunState): number {
  return fractionOf(progressOf(evidenceOf(state)));
}

function evidenceOf(state: RunState): Evidence<SegmentItems> {
  const { board, totals } = state;
  const sides = scannedSides(state);
  const share = state.segments > 0 ? board.chosen / state.segments : 0;
  const itemsOf = (items: SegmentItems) => sides.reduce((sum, side) => sum + items[side], 0);
  return {
    board,
    expected: sides.reduce((sum, side) => sum + expectedItems(state[side]), 0) * share,
    items: itemsOf({ primary: totals.primary.items, replica: totals.replica.items }),
    itemsOf,
  };
}

/** A backfill reads the primary only. */
function scannedSides({ mode }: RunState): readonly Side[] {
  return mode === "backfill" ? ["primary"] : ["primary", "replica"];
}

/** By the service's own counts; 0 when unknown. */
function expectedItems(side: SideDescription | undefined): number {
  return side !== undefined && side.items > 0 ? side.items : 0;
}
