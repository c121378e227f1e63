import { type Line, span } from "../../format/spans.ts";
import type { RestoreFrame } from "../../state/restore/restore-frame.ts";
import { phaseWork, segmentFraction } from "../../state/restore/restore-progress.ts";
import type { RestoreState } from "../../state/restore/restore-state.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { hintsLine, runHints } from "../hints-line.ts";
import { type Layout, layoutOf } from "../layout.ts";
import { progressLine } from "../progress-line.ts";
import { segmentsLine } from "../segments-line.ts";
import { titleLine } from "../title-line.ts";
import { planTable } from "./plan-table.ts";
import { restoreEndLines, restoreEndsLine } from "./restore-end-lines.ts";
import { restoreHeading } from "./restore-heading.ts";
import { restoreNotes } from "./restore-notes.ts";
import { restoreNoticeRows } from "./restore-notice-rows.ts";
import { stepsLine } from "./steps-line.ts";
import { workHeading, workRows } from "./work-rows.ts";

/** What is told of the latest notices gets this share of the rows, and all that nothing else needs. */
const NOTICE_SHARE = 1 / 3;

/** The main screen: how far the restore is, what is written, and what was left alone. */
export function restoreScreenLines(title: string, frame: RestoreFrame, canvas: Canvas): Line[] {
  const layout = layoutOf(canvas);
  const { state } = frame;
  const rule: Line[] = layout.rules ? [[span(canvas.glyphs.rule.repeat(canvas.columns), "dim")]] : [];
  const head = [
    titleLine(restoreHeading(title, frame), frame, canvas),
    stepsLine(state, canvas),
    progressLine(frame, progressWords(state), canvas),
    ...endsOf(frame, layout, canvas),
    ...(layout.segments ? segmentsOf(state, canvas) : []),
    ...(layout.notes ? [restoreNotes(state, canvas)] : []),
    ...rule,
  ];
  const foot = [...rule, hintsLine(runHints(frame), canvas)];
  const rows = canvas.rows - head.length - foot.length;
  const body = bodyLines(frame, rows, canvas);
  while (body.length < rows) body.push([]);
  return [...head, ...body, ...foot];
}

/** Behind the progress bar, from the longest wording to the shortest. */
function progressWords(state: RestoreState): string[] {
  if (state.phase === "finished" || state.lastPhase === undefined) return [];
  if (state.lastPhase === "writing") return ["writing"];
  if (state.lastPhase === "verifying") return ["verifying"];
  if (state.lastPhase === "sharing") return ["working"];
  const { done, total } = phaseWork(state);
  return done >= total && total > 0 ? ["planning"] : ["reading"];
}

function endsOf(frame: RestoreFrame, { sides }: Layout, canvas: Canvas): Line[] {
  if (sides === "each") return restoreEndLines(frame, canvas);
  return sides === "sum" ? [restoreEndsLine(frame, canvas)] : [];
}

/** While the table is read; one segment alone is what its bar shows. */
function segmentsOf(state: RestoreState, canvas: Canvas): Line[] {
  const { board, lastPhase } = state;
  if (board.chosen < 2 || lastPhase === "writing") return [];
  const each = segmentFraction(state);
  return [segmentsLine({ board, fractionOf: () => each }, canvas)];
}

function bodyLines({ state, writePrice }: RestoreFrame, rows: number, canvas: Canvas): Line[] {
  if (state.phase === "starting") return [];
  const room = Math.max(0, rows - 1);
  const notices = state.notices.length === 0 ? 0 : Math.max(1, Math.floor(room * NOTICE_SHARE));
  const work = workRows(state, room - notices, canvas);
  const plan = planLines(state, writePrice, room - notices - work.length, canvas);
  const spare = room - work.length - plan.length;
  // A line between, where there is room enough.
  const gap: Line[] = spare > state.notices.length + 1 ? [[]] : [];
  const told = restoreNoticeRows(state, spare - gap.length, canvas);
  return [workHeading(state), ...work, ...plan, ...gap, ...told].slice(0, rows);
}

/** Once there is one, and where there is room for all of it. */
function planLines({ plan }: RestoreState, writePrice: number, rows: number, canvas: Canvas): Line[] {
  if (plan === undefined) return [];
  const lines: Line[] = [[], [span(" Plan", "strong")], ...planTable(plan, writePrice, canvas)];
  return lines.length <= rows ? lines : [];
}
