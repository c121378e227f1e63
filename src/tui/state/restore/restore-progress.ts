import { CHANGE_KINDS, type ChangeKind } from "../../../core/restore/change.ts";
import type { RestoreEnd } from "../../../core/restore/restore-events.ts";
import type { RestoreState } from "./restore-state.ts";

/** What a run has done and has to do in its present phase, in records; a total of 0: not to be known. */
export interface PhaseWork {
  done: number;
  total: number;
}

/** A phase that goes on is never drawn as all done: the counts of a table may be hours old. */
const ALMOST = 0.99;

export function phaseWork(state: RestoreState): PhaseWork {
  switch (state.lastPhase) {
    case "reading":
    case "verifying":
    case "sharing":
      return readingWork(state);
    case "planning":
    case "asking":
      return { done: 1, total: 1 };
    case "writing":
      return CHANGE_KINDS.map((kind) => kindWork(state, kind)).reduce(sum);
    case undefined:
      return { done: 0, total: 0 };
  }
}

/** 0 to 1. */
export function phaseFraction(state: RestoreState): number {
  const { done, total } = phaseWork(state);
  return total > 0 ? Math.min(ALMOST, done / total) : 0;
}

/** What this run has done and has to do: it did not write what an earlier one did. */
export function ownWork(state: RestoreState): PhaseWork {
  const { done, total } = phaseWork(state);
  if (state.lastPhase !== "writing") return { done, total };
  const earlier = CHANGE_KINDS.reduce((all, kind) => all + state.totals.before[kind], 0);
  return { done: done - earlier, total: total - earlier };
}

/** Writes of a kind: those planned, and those that are done, by this run or an earlier one. */
export function kindWork({ totals, plan }: RestoreState, kind: ChangeKind): PhaseWork {
  return {
    done: totals.written[kind] + totals.before[kind],
    total: plan?.changes[kind].items ?? 0,
  };
}

/** How far the reading of an end is; undefined where nothing tells how many records there are. */
export function readFraction(state: RestoreState, end: RestoreEnd): number | undefined {
  const { board, read } = state;
  const expected = expectedReads(state)[end];
  const byCount = expected > 0 ? read[end] / expected : undefined;
  if (end === "source" || board.chosen === 0) {
    return byCount === undefined ? undefined : Math.min(ALMOST, byCount);
  }
  const bySegments = board.done / board.chosen;
  return bySegments >= 1 ? 1 : Math.min(ALMOST, Math.max(bySegments, byCount ?? 0));
}

/** How far each segment that is being read is taken to be: what was read is shared out evenly. */
export function segmentFraction({ board, read, table }: RestoreState): number {
  if (table === undefined || table.items === 0 || board.active.size === 0) return 0;
  const inSegments = (read.table / table.items) * board.chosen - board.done;
  return Math.min(ALMOST, Math.max(0, inSegments / board.active.size));
}

function readingWork(state: RestoreState): PhaseWork {
  const { board, read } = state;
  const expected = expectedReads(state);
  const ends = (["source", "table"] as const).filter((end) => expected[end] > 0);
  const total = ends.reduce((sum, end) => sum + expected[end], 0);
  const done = ends.reduce((sum, end) => sum + read[end], 0);
  if (total > 0 && done <= total) return { done, total };
  return { done: board.done, total: board.chosen };
}

/** Records that the present phase is expected to read; 0 where that is not to be known. */
export function expectedReads(state: RestoreState): Record<RestoreEnd, number> {
  const { lastPhase, read, sourceItems, table, board } = state;
  const scanned = table?.items ?? 0;
  // The table is looked at for the records of the source, and again for those that were written.
  if (lastPhase === "sharing") return { source: sourceItems, table: 0 };
  if (lastPhase !== "verifying") return { source: sourceItems, table: board.chosen === 0 ? 0 : scanned };
  return {
    // What a run has read of its source it does not read again; one that goes on with a plan has not read it.
    source: read.source > 0 ? sourceItems : 0,
    table: board.chosen === 0 ? verifiedRecords(state) : scanned,
  };
}

/** Where not all of the table is read once more. */
function verifiedRecords({ plan, job }: RestoreState): number {
  if (plan === undefined) return 0;
  const changed = CHANGE_KINDS.reduce((all, kind) => all + plan.changes[kind].items, 0);
  return job === "restore-table" ? changed + plan.equal : changed;
}

function sum(one: PhaseWork, other: PhaseWork): PhaseWork {
  return { done: one.done + other.done, total: one.total + other.total };
}
