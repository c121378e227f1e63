import type { SegmentBoard } from "./segment-board.ts";

/** A segment that is not done is never drawn as full: the counts it is measured by may be hours old. */
const ALMOST = 0.98;

/** What a run's progress is told from. */
export interface Evidence<Work> {
  board: SegmentBoard<Work>;
  /** Items expected in the chosen segments, by counts that may be old; 0 when unknown. */
  expected: number;
  /** Items that have come by in all. */
  items: number;
  /** Items of one segment that is being worked on. */
  itemsOf(work: Work): number;
}

export interface Progress {
  unit: "items" | "segments";
  done: number;
  total: number;
}

/** How far a run is: by items while the counts hold; where they are missing or exceeded, by segments. */
export function progressOf<Work>(evidence: Evidence<Work>): Progress {
  const { board, expected, items } = evidence;
  const unfinished = board.done < board.chosen;
  if (unfinished && expected > 0 && items <= expected * ALMOST)
    return { unit: "items", done: items, total: expected };
  let done = board.done;
  for (const work of board.active.values()) done += partDone(evidence, work);
  return {
    unit: "segments",
    done: unfinished ? Math.min(board.chosen * ALMOST, done) : done,
    total: board.chosen,
  };
}

/** 0 to 1; nothing to do is nothing done. */
export function fractionOf({ done, total }: Pick<Progress, "done" | "total">): number {
  return total > 0 ? Math.min(1, done / total) : 0;
}

/** How far one segment that is being worked on is, 0 to 1. */
export function partDone<Work>({ board, expected, itemsOf }: Evidence<Work>, work: Work): number {
  if (!(expected > 0) || board.chosen === 0) return 0;
  return Math.min(ALMOST, itemsOf(work) / (expected / board.chosen));
}
