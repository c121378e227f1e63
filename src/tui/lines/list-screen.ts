import type { Line } from "../format/spans.ts";
import { span } from "../format/spans.ts";
import type { Frame } from "../state/frame.ts";
import { segmentFraction } from "../state/progress.ts";
import { isOver } from "../state/pulse.ts";
import type { SegmentItems } from "../state/run-state.ts";
import type { DiscrepancySpool } from "../state/spool/discrepancy-spool.ts";
import { listTop, type View } from "../state/view.ts";
import type { Canvas } from "../terminal/canvas.ts";
import { diffHeading } from "./diff-heading.ts";
import { diffProgress } from "./diff-progress.ts";
import { keyHints } from "./key-hints.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { listHeading } from "./list-heading.ts";
import { columnHeading, type ListRow, listColumns, listRow } from "./list-rows.ts";
import { notesLine } from "./notes-line.ts";
import { progressLine } from "./progress-line.ts";
import { type SegmentsShown, segmentsLine } from "./segments-line.ts";
import { sideLines, sumLine } from "./side-lines.ts";
import { titleLine } from "./title-line.ts";

/** The main screen: how far the run is, and what was found. */
export function listScreen(
  title: string,
  frame: Frame,
  view: View,
  spool: DiscrepancySpool,
  canvas: Canvas,
): Line[] {
  const layout = layoutOf(canvas);
  const rule: Line[] = layout.rules ? [[span(canvas.glyphs.rule.repeat(canvas.columns), "dim")]] : [];
  return [
    titleLine(diffHeading(title, frame), frame, canvas),
    progressLine(frame, diffProgress(frame), canvas),
    ...sidesOf(frame, layout, canvas),
    ...(layout.segments ? [segmentsLine(segmentsOf(frame), canvas)] : []),
    ...(layout.notes ? [notesLine(frame, canvas)] : []),
    ...rule,
    ...listLines(frame, view, spool, layout, canvas),
    ...rule,
    keyHints(frame, view, canvas),
  ];
}

function segmentsOf({ state }: Frame): SegmentsShown<SegmentItems> {
  return { board: state.board, fractionOf: (items) => segmentFraction(state, items) };
}

function sidesOf(frame: Frame, { sides }: Layout, canvas: Canvas): Line[] {
  if (sides === "each") return sideLines(frame, canvas);
  return sides === "sum" ? [sumLine(frame, canvas)] : [];
}

function listLines(
  frame: Frame,
  view: View,
  spool: DiscrepancySpool,
  layout: Layout,
  canvas: Canvas,
): Line[] {
  const count = spool.count(view.filter);
  const top = listTop(view, count, layout.listRows);
  const columns = listColumns(canvas.columns, showsStates(frame, spool));
  const place = { position: view.position, count, notListed: spool.notListed };
  const rows: Line[] = [];
  for (let position = top; rows.length < layout.listRows; position++) {
    const row = spool.rowAt(view.filter, position);
    if (row === undefined) break;
    const summary = spool.summary(row);
    const shown: ListRow = {
      ...summary,
      kind: spool.kind(row),
      state: spool.state(row),
      selected: position === view.position,
    };
    rows.push(listRow(shown, columns, canvas));
  }
  if (count === 0) rows.push(emptyLine(frame, view, spool));
  while (rows.length < layout.listRows) rows.push([]);
  return [
    listHeading(frame, view, place, canvas),
    ...(layout.columnHeading ? [columnHeading(columns, canvas)] : []),
    ...rows,
  ];
}

function showsStates({ state }: Frame, spool: DiscrepancySpool): boolean {
  return state.mode === "repair" || spool.countState("open") < spool.count("all");
}

function emptyLine(frame: Frame, { filter }: View, spool: DiscrepancySpool): Line {
  if (spool.problem !== undefined) return [span(`   not listed: ${spool.problem}`, "bad")];
  if (frame.state.mode === "backfill")
    return [span("   a backfill writes every item and compares none", "dim")];
  const what = filter === "all" ? "none" : `none ${filter}`;
  return [span(isOver(frame) ? `   ${what}` : `   ${what} so far`, "dim")];
}
