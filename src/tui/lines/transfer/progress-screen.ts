import { type Line, span } from "../../format/spans.ts";
import type { TransferFrame } from "../../state/transfer/transfer-frame.ts";
import { segmentDone } from "../../state/transfer/transfer-progress.ts";
import type { TransferState } from "../../state/transfer/transfer-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { hintsLine, runHints } from "../hints-line.ts";
import { type Layout, layoutOf } from "../layout.ts";
import { progressLine } from "../progress-line.ts";
import { segmentsLine } from "../segments-line.ts";
import { titleLine } from "../title-line.ts";
import { endLines, endsLine } from "./end-lines.ts";
import { noticeRows } from "./notice-rows.ts";
import { segmentRows, segmentsHeading } from "./segment-rows.ts";
import { snapshotHeading, snapshotRows } from "./snapshot-rows.ts";
import { transferHeading, transferProgress } from "./transfer-heading.ts";
import { transferNotes } from "./transfer-notes.ts";

/** What is told of the latest notices gets this share of the rows, and all that nothing else needs. */
const NOTICE_SHARE = 1 / 3;

/** The main screen: how far the transfer is, and what is being worked on. */
export function progressScreen(title: string, frame: TransferFrame, canvas: Canvas): Line[] {
  const layout = layoutOf(canvas);
  const rule: Line[] = layout.rules ? [[span(canvas.glyphs.rule.repeat(canvas.columns), "dim")]] : [];
  const head = [
    titleLine(transferHeading(title, frame), frame, canvas),
    progressLine(frame, transferProgress(frame), canvas),
    ...endsOf(frame, layout, canvas),
    ...(layout.segments ? segmentsOf(frame.state, canvas) : []),
    ...(layout.notes ? [transferNotes(frame.state, canvas)] : []),
    ...rule,
  ];
  const foot = [...rule, hintsLine(runHints(frame), canvas)];
  const rows = canvas.rows - head.length - foot.length;
  const body = bodyLines(frame.state, rows, canvas);
  while (body.length < rows) body.push([]);
  return [...head, ...body, ...foot];
}

function endsOf(frame: TransferFrame, { sides }: Layout, canvas: Canvas): Line[] {
  if (sides === "each") return endLines(frame, canvas);
  return sides === "sum" ? [endsLine(frame, canvas)] : [];
}

/** One segment alone is what the progress bar shows. */
function segmentsOf(state: TransferState, canvas: Canvas): Line[] {
  const { board } = state;
  if (board.chosen < 2) return [];
  return [segmentsLine({ board, fractionOf: (work) => segmentDone(state, work) }, canvas)];
}

function bodyLines(state: TransferState, rows: number, canvas: Canvas): Line[] {
  if (state.phase === "starting") return [];
  const snapshot = state.job === "snapshot";
  const heading = snapshot ? snapshotHeading(state) : segmentsHeading(state, canvas);
  const room = rows - 1;
  const notices = state.notices.length === 0 ? 0 : Math.max(1, Math.floor(room * NOTICE_SHARE));
  const work = (snapshot ? snapshotRows : segmentRows)(state, room - notices, canvas);
  const spare = room - work.length;
  // A line between, where there is room enough.
  const gap: Line[] = spare > state.notices.length + 1 ? [[]] : [];
  const told = noticeRows(state, spare - gap.length, canvas);
  return [heading, ...work, ...gap, ...told].slice(0, rows);
}
