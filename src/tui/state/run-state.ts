import type {
  DiffEvent,
  DiffMode,
  DiffSummary,
  Side,
  SideDescription,
  Undone,
} from "../../core/diff/diff-events.ts";
import { addToTotals, type DiffTotals, NO_TOTALS } from "../../core/diff/diff-totals.ts";
import { finishSegment, newBoard, putWork, type SegmentBoard } from "./segment-board.ts";

/** Items scanned so far in a segment that is being worked on. */
export type SegmentItems = Readonly<Record<Side, number>>;

/** What the two sides are called. */
export type SideLabels = Readonly<Record<Side, string>>;

const NO_ITEMS: SegmentItems = { primary: 0, replica: 0 };

/** What is known of the runs on this dashboard; totals go on from a check to the repair that follows it. */
export interface RunState {
  phase: "starting" | "running" | "finished";
  mode: DiffMode;
  dryRun: boolean;
  primary?: SideDescription;
  replica?: SideDescription;
  /** Into how many segments the tables are split; `board` has those that are done here. */
  segments: number;
  board: SegmentBoard<SegmentItems>;
  /** Read units that the runs were expected to take, on both sides together. */
  estimatedReads: number;
  totals: DiffTotals;
  lastUndone?: Undone;
  summary?: DiffSummary;
}

export const INITIAL_RUN: RunState = {
  phase: "starting",
  mode: "check",
  dryRun: false,
  segments: 0,
  board: newBoard(0, []),
  estimatedReads: 0,
  totals: NO_TOTALS,
};

export function labelsOf({ primary, replica }: RunState): SideLabels {
  return { primary: primary?.label ?? "primary", replica: replica?.label ?? "replica" };
}

/** Adds one event; pure. */
export function reduceRun(state: RunState, event: DiffEvent): RunState {
  const next = { ...state, totals: addToTotals(state.totals, event) };
  switch (event.type) {
    case "started": {
      const { mode, dryRun, primary, replica, segments, chosen, estimate } = event;
      const board = newBoard<SegmentItems>(segments, chosen);
      const estimatedReads = state.estimatedReads + estimate.readUnits.primary + estimate.readUnits.replica;
      return { ...next, phase: "running", mode, dryRun, primary, replica, segments, board, estimatedReads };
    }
    case "segment-started":
      return { ...next, board: putWork(state.board, event.segment, NO_ITEMS) };
    case "scanned":
      return { ...next, board: scanSegment(state.board, event) };
    case "segment-done":
      return { ...next, board: finishSegment(state.board, event.segment) };
    case "undone":
      return { ...next, lastUndone: event.undone };
    case "finished":
      return { ...next, phase: "finished", summary: event.summary };
    case "added":
    case "answered":
    case "retried":
    case "looked-up":
    case "in-flight":
    case "discrepancy":
    case "repaired":
    case "race-lost":
    case "backfilled":
    case "foreign":
    case "duplicate":
    case "duplicate-deleted":
      return next;
  }
}

function scanSegment(
  board: RunState["board"],
  { segment, side, items }: Extract<DiffEvent, { type: "scanned" }>,
): RunState["board"] {
  if (segment === undefined) return board;
  const scanned = board.active.get(segment) ?? NO_ITEMS;
  return putWork(board, segment, { ...scanned, [side]: scanned[side] + items });
}
