import type { SideDescription } from "../../../core/diff/diff-events.ts";
import type {
  RestoreEnd,
  RestoreEvent,
  RestoreJob,
  RestoreMode,
  RestorePhase,
  RestorePlan,
  RestoreSummary,
} from "../../../core/restore/restore-events.ts";
import { addRestore, NO_RESTORE, type RestoreTotals } from "../../../core/restore/restore-totals.ts";
import { finishSegment, newBoard, putWork, type SegmentBoard } from "../segment-board.ts";

/** Something to tell the user word by word. */
export type RestoreNotice = Extract<
  RestoreEvent,
  { type: "left" | "raced" | "discrepancy" | "undone" | "foreign" | "warning" }
>;

/** What is known of a restore; immutable, bounded however much is restored. */
export interface RestoreState {
  phase: "starting" | RestorePhase | "finished";
  /** The phase that a finished run was in. */
  lastPhase: RestorePhase | undefined;
  job: RestoreJob;
  jobId: string;
  dryRun: boolean;
  mode: RestoreMode | undefined;
  /** As typed. */
  source: string;
  table: SideDescription | undefined;
  /** Records that the source is expected to hold; 0: unknown. */
  sourceItems: number;
  /** The scan of the table: that of the first reading, then that of verifying. */
  board: SegmentBoard<null>;
  /** Records read since the phase began. */
  read: Record<RestoreEnd, number>;
  totals: RestoreTotals;
  plan: RestorePlan | undefined;
  /** The latest first. */
  notices: readonly RestoreNotice[];
  noticed: number;
  warnings: number;
  summary?: RestoreSummary;
}

const NOTHING_READ: Record<RestoreEnd, number> = { source: 0, table: 0 };

export const INITIAL_RESTORE: RestoreState = {
  phase: "starting",
  lastPhase: undefined,
  job: "restore-table",
  jobId: "",
  dryRun: false,
  mode: undefined,
  source: "",
  table: undefined,
  sourceItems: 0,
  board: newBoard(0, []),
  read: NOTHING_READ,
  totals: NO_RESTORE,
  plan: undefined,
  notices: [],
  noticed: 0,
  warnings: 0,
};

/** No screen has more rows. */
const MOST_REMEMBERED = 100;

/** Adds one event; pure. */
export function reduceRestore(state: RestoreState, event: RestoreEvent): RestoreState {
  const next = { ...state, totals: addRestore(state.totals, event) };
  switch (event.type) {
    case "started": {
      const { job, jobId, dryRun, mode, source, table, sourceItems, segments } = event;
      return { ...next, job, jobId, dryRun, mode, source, table, sourceItems, board: boardOf(segments) };
    }
    case "phase":
      return { ...next, ...beginPhase(state, event.phase) };
    case "segment-started":
      return { ...next, board: putWork(state.board, event.segment, null) };
    case "segment-done":
      return { ...next, board: finishSegment(state.board, event.segment) };
    case "read":
      return {
        ...next,
        read: { ...state.read, [event.end]: state.read[event.end] + event.items },
      };
    case "added": {
      const { source, table } = event.totals;
      const read = { source: state.read.source + source.items, table: state.read.table + table.items };
      return { ...next, read };
    }
    case "planned":
      return { ...next, plan: event.plan };
    case "warning":
      return { ...next, ...remember(state, event), warnings: state.warnings + 1 };
    case "left":
    case "raced":
    case "discrepancy":
    case "undone":
    case "foreign":
      return { ...next, ...remember(state, event) };
    case "finished":
      return {
        ...next,
        phase: "finished",
        summary: event.summary,
        plan: event.summary.plan ?? state.plan,
      };
    case "answered":
    case "retried":
    case "resumed":
    case "written":
      return next;
  }
}

/** Verifying reads both ends once more. */
function beginPhase({ board }: RestoreState, phase: RestorePhase): Partial<RestoreState> {
  const again = phase === "verifying" ? { read: NOTHING_READ, board: boardOf(board.chosen) } : {};
  return { phase, lastPhase: phase, ...again };
}

function boardOf(segments: number): SegmentBoard<null> {
  return newBoard(
    segments,
    Array.from({ length: segments }, (_, segment) => segment),
  );
}

function remember({ notices, noticed }: RestoreState, notice: RestoreNotice): Partial<RestoreState> {
  return { notices: [notice, ...notices.slice(0, MOST_REMEMBERED - 1)], noticed: noticed + 1 };
}
