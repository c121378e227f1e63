import type {
  TransferEvent,
  TransferJob,
  TransferSummary,
  TransferTotals,
} from "../../../core/transfer/transfer-events.ts";
import { addTransfer, NO_TRANSFER } from "../../../core/transfer/transfer-totals.ts";
import { dropSegment, finishSegment, newBoard, putWork, type SegmentBoard } from "../segment-board.ts";
import { addWork, NO_WORK, type SegmentWork } from "./segment-work.ts";

/** Something to tell the user word by word. */
export type Notice = Extract<TransferEvent, { type: "foreign" | "undone" | "warning" }>;

/** A segment that nobody works on any more. */
export interface EndedSegment {
  segment: number;
  end: "done" | "kept" | "undone";
  work: SegmentWork;
}

/** What is known of a transfer; immutable, bounded however much is transferred. */
export interface TransferState {
  phase: "starting" | "running" | "finished";
  job: TransferJob;
  jobId: string;
  /** Locations, as typed. */
  source: string;
  destination: string;
  /** Into how many segments the table is split; `board` has those that are done here. */
  segments: number;
  board: SegmentBoard<SegmentWork>;
  /** 0 where unknown. */
  expected: { items: number; readUnits: number };
  totals: TransferTotals;
  /** Items of segments that an earlier run has done; among `totals.kept`. */
  earlierItems: number;
  /** Segments given up on. */
  segmentsUndone: number;
  /** Requests to the store that are under way. */
  inFlight: number;
  /** The latest first. */
  ended: readonly EndedSegment[];
  notices: readonly Notice[];
  warnings: number;
  summary?: TransferSummary;
}

export const INITIAL_TRANSFER: TransferState = {
  phase: "starting",
  job: "backup",
  jobId: "",
  source: "",
  destination: "",
  segments: 0,
  board: newBoard(0, []),
  expected: { items: 0, readUnits: 0 },
  totals: NO_TRANSFER,
  earlierItems: 0,
  segmentsUndone: 0,
  inFlight: 0,
  ended: [],
  notices: [],
  warnings: 0,
};

/** No screen has more rows. */
const MOST_REMEMBERED = 100;

/** Adds one event; pure. */
export function reduceTransfer(state: TransferState, event: TransferEvent): TransferState {
  const next = { ...state, totals: addTransfer(state.totals, event) };
  switch (event.type) {
    case "started": {
      const { job, jobId, source, destination, segments, chosen, estimate } = event;
      const board = newBoard<SegmentWork>(segments, chosen);
      return {
        ...next,
        phase: "running",
        job,
        jobId,
        source,
        destination,
        segments,
        board,
        expected: estimate,
      };
    }
    case "estimated":
      return { ...next, expected: { ...state.expected, items: event.items } };
    case "segment-started":
      return { ...next, board: putWork(state.board, event.segment, NO_WORK) };
    case "read":
    case "written":
    case "kept":
      return {
        ...next,
        board: putWork(state.board, event.segment, addWork(workOn(state, event.segment), event)),
      };
    case "segment-done":
      return { ...next, ...endSegment(state, event.segment, "done", workOn(state, event.segment)) };
    case "segment-kept":
      return {
        ...next,
        ...endSegment(state, event.segment, "kept", addWork(NO_WORK, event)),
        earlierItems: state.earlierItems + event.items,
      };
    case "in-flight":
      return { ...next, inFlight: event.requests };
    case "foreign":
      return { ...next, notices: remember(state.notices, event) };
    case "warning":
      return { ...next, notices: remember(state.notices, event), warnings: state.warnings + 1 };
    case "undone":
      return { ...next, ...giveUp(state, event), notices: remember(state.notices, event) };
    case "finished":
      return { ...next, phase: "finished", inFlight: 0, summary: event.summary };
    case "added":
    case "listed":
    case "answered":
    case "retried":
      return next;
  }
}

function workOn({ board }: TransferState, segment: number): SegmentWork {
  return board.active.get(segment) ?? NO_WORK;
}

function endSegment(
  { board, ended }: TransferState,
  segment: number,
  end: EndedSegment["end"],
  work: SegmentWork,
): Pick<TransferState, "board" | "ended"> {
  return {
    board: end === "undone" ? dropSegment(board, segment) : finishSegment(board, segment),
    ended: remember(ended, { segment, end, work }),
  };
}

/** A whole segment, that is; a record or object that could not be done doesn't hold up its segment. */
function giveUp(
  state: TransferState,
  { undone }: Extract<TransferEvent, { type: "undone" }>,
): Partial<TransferState> {
  const { segment } = undone;
  if (segment === undefined || undone.key !== undefined || undone.object !== undefined) return {};
  return {
    ...endSegment(state, segment, "undone", workOn(state, segment)),
    segmentsUndone: state.segmentsUndone + 1,
  };
}

function remember<Entry>(list: readonly Entry[], entry: Entry): readonly Entry[] {
  return [entry, ...list.slice(0, MOST_REMEMBERED - 1)];
}
