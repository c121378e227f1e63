import { escapeForTerminal } from "../../core/escape.ts";
import { humanJson } from "../../core/item/human.ts";
import { fold } from "../format/folded-text.ts";
import { exactCount } from "../format/numbers.ts";
import { type Line, span, spread } from "../format/spans.ts";
import { tableText } from "../format/table-text.ts";
import { fit } from "../format/text.ts";
import { GAP, SIGN } from "../state/detail/columns.ts";
import type { OpenRecord } from "../state/detail/open-record.ts";
import type { Frame } from "../state/frame.ts";
import { clampDetail, type View } from "../state/view.ts";
import type { Canvas } from "../terminal/canvas.ts";
import { keyHints } from "./key-hints.ts";

/** A long key may take this share of the screen. */
const KEY_SHARE = 4;

/** One record, both sides beside each other. */
export function detailScreen(
  frame: Frame,
  view: View,
  record: OpenRecord,
  count: number,
  canvas: Canvas,
): Line[] {
  const head = detailHead(record, view.position, count, canvas);
  const rows = detailRows(record, canvas);
  const top = clampDetail(view.detailTop, { detailLines: record.document.lines, detailRows: rows });
  const body: Line[] = [];
  for (let line = top; line < Math.min(record.document.lines, top + rows); line++) {
    body.push([span(" "), ...record.document.line(line)]);
  }
  if (record.document.lines === 0) body.push([span(" no attributes besides the key", "dim")]);
  while (body.length < rows) body.push([]);
  const place = `lines ${exactCount(Math.min(top + 1, record.document.lines))}-${exactCount(
    Math.min(top + rows, record.document.lines),
  )} of ${exactCount(record.document.lines)} `;
  const hints = keyHints(frame, view, { ...canvas, columns: canvas.columns - place.length - 2 });
  return [...head, ...body, spread(hints, [span(place, "dim")], canvas.columns, canvas.glyphs.ellipsis)];
}

/** Lines of the record that fit on the screen. */
export function detailRows(record: OpenRecord, canvas: Canvas): number {
  return Math.max(1, canvas.rows - detailHead(record, 0, 0, canvas).length - 1);
}

function detailHead(record: OpenRecord, position: number, count: number, canvas: Canvas): Line[] {
  const { columns, glyphs } = canvas;
  const { discrepancy, reason } = record;
  const place: Line = [span(`${exactCount(position + 1)} of ${exactCount(count)} `, "dim")];
  const kind: Line = [span(" "), span(discrepancy.kind, discrepancy.kind), ...stateOf(record, canvas)];
  return [
    spread(kind, place, columns, glyphs.ellipsis),
    ...keyLines(record, canvas),
    ...(reason === undefined
      ? []
      : [[span(` ${tableText(escapeForTerminal(reason), glyphs)}`, "bad")] as Line]),
    ...(canvas.rows >= 12 ? [[span(glyphs.rule.repeat(columns), "dim")] as Line] : []),
    ...headingOf(record, canvas),
  ];
}

function stateOf({ state }: OpenRecord, { glyphs }: Canvas): Line {
  if (state === "open") return [];
  return state === "repaired"
    ? [span(`   repaired ${glyphs.done}`, "good")]
    : [span(`   not repaired ${glyphs.failed}`, "bad")];
}

function keyLines({ discrepancy }: OpenRecord, { columns, rows, glyphs }: Canvas): Line[] {
  const key = fold(tableText(humanJson(discrepancy.key), glyphs), columns - 2);
  const most = Math.max(1, Math.floor(rows / KEY_SHARE));
  const lines: Line[] = [];
  for (let line = 0; line < Math.min(key.lines, most); line++) {
    const text = key.text.slice(...key.line(line));
    const cut = line === most - 1 && key.lines > most;
    lines.push([
      span(" "),
      span(cut ? fit(text, columns - 3, glyphs.ellipsis) + glyphs.ellipsis : text, "strong"),
    ]);
  }
  return lines;
}

function headingOf({ document, discrepancy }: OpenRecord, { glyphs }: Canvas): Line[] {
  const { layout, name, value, labels } = document.columns;
  const { primary, replica } = labels;
  if (layout === "stacked") return [];
  const gap = " ".repeat(GAP);
  const sides =
    layout === "beside"
      ? `${fit(primary, value, glyphs.ellipsis)}${gap}${replica}`
      : discrepancy.kind === "missing"
        ? `${primary} (the ${replica} has no such record)`
        : `${replica} (the ${primary} has no such record)`;
  return [[span(` ${" ".repeat(SIGN)}${fit("attribute", name, glyphs.ellipsis)}${gap}${sides}`, "dim")]];
}
