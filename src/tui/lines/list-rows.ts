import type { DiscrepancyKind } from "../../core/diff/discrepancy.ts";
import { type Line, span } from "../format/spans.ts";
import { tableText } from "../format/table-text.ts";
import { fit } from "../format/text.ts";
import type { RowState } from "../state/spool/row-flags.ts";
import type { Canvas } from "../terminal/canvas.ts";
import type { Glyphs } from "../terminal/glyphs.ts";
import type { Tone } from "../terminal/tones.ts";

/** A discrepancy as the list shows it. */
export interface ListRow {
  kind: DiscrepancyKind;
  state: RowState;
  /** Both safe to print, and of bounded length. */
  key: string;
  attributes: string;
  selected: boolean;
}

/** Columns of the list; 0 leaves one out. */
export interface ListColumns {
  key: number;
  attributes: number;
  state: number;
}

const POINTER = 3;
const KIND = "extraneous".length;
const STATE = "repaired ok".length;
const GAP = 2;
/** Below this a column of attributes is of no use to anybody. */
const SHORTEST_ATTRIBUTES = 14;
const KEY_SHARE = 0.65;

/** @param states whether anything is being repaired */
export function listColumns(columns: number, states: boolean): ListColumns {
  let room = columns - POINTER - KIND - GAP - 1;
  const state = states && room > STATE + GAP + 8 ? STATE : 0;
  if (state > 0) room -= state + GAP;
  const attributes = Math.floor((room - GAP) * (1 - KEY_SHARE));
  if (attributes < SHORTEST_ATTRIBUTES) return { key: Math.max(0, room), attributes: 0, state };
  return { key: room - GAP - attributes, attributes, state };
}

interface Texts {
  kind: string;
  result: string;
  key: string;
  attributes: string;
}

const HEADING: Texts = { kind: "kind", result: "result", key: "key", attributes: "attributes" };

export function columnHeading(columns: ListColumns, { glyphs }: Canvas): Line {
  return [span(" ".repeat(POINTER) + plain(cells(HEADING, {}, columns, glyphs)), "dim")];
}

export function listRow(row: ListRow, columns: ListColumns, { glyphs }: Canvas): Line {
  const { kind, state, selected } = row;
  const texts: Texts = {
    kind,
    result: resultText(state, glyphs),
    key: tableText(row.key, glyphs),
    attributes: tableText(row.attributes, glyphs),
  };
  const tones = { kind, result: state === "failed" ? ("bad" as const) : ("good" as const) };
  const line = cells(texts, tones, columns, glyphs);
  if (!selected) return [span(" ".repeat(POINTER)), ...line];
  return [span(` ${glyphs.pointer} ${plain(line)} `, "selected")];
}

function resultText(state: RowState, glyphs: Glyphs): string {
  if (state === "repaired") return `repaired ${glyphs.done}`;
  return state === "failed" ? `failed ${glyphs.failed}` : "";
}

function cells(
  texts: Texts,
  tones: { kind?: Tone; result?: Tone },
  columns: ListColumns,
  { ellipsis }: Glyphs,
): Line {
  const all: [text: string, width: number, tone?: Tone | undefined][] = [
    [texts.kind, KIND, tones.kind],
    [texts.result, columns.state, tones.result],
    [texts.key, columns.key],
    [texts.attributes, columns.attributes],
  ];
  const shown = all.filter(([, width]) => width > 0);
  return shown.map(([text, width, tone], index) => {
    const gap = index === shown.length - 1 ? "" : " ".repeat(GAP);
    return span(fit(text, width, ellipsis) + gap, tone);
  });
}

function plain(line: Line): string {
  return line.map(({ text }) => text).join("");
}
