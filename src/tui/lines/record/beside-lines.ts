import stringWidth from "string-width";
import { changedParts } from "../../format/changed-part.ts";
import { type Line, span } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { cut, fit, shorten } from "../../format/text.ts";
import { type Cell, cell, cellLine } from "../../state/detail/cell.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import type { ComparedImages, ComparedRow } from "./compared-rows.ts";
import { type Excerpt, excerpt } from "./excerpt.ts";

const SIGN = 2;
const GAP = 2;
/** Below this both sides stand under the name. */
const NARROW = 64;
const SHORTEST_PATH = 8;

const SIGN_TONES: Record<ComparedRow["sign"], Tone> = {
  "=": "dim",
  "~": "different",
  "+": "missing",
  "-": "extraneous",
};

interface Widths {
  columns: number;
  path: number;
  value: number;
}

/** The rows for a terminal: both sides in columns, or one under the other where it is narrow. */
export function besideLines(
  rows: readonly ComparedRow[],
  { labels }: ComparedImages,
  canvas: Canvas,
): Line[] {
  const widths = widthsFor(rows, canvas);
  const isNarrow = canvas.columns < NARROW;
  const heading = [
    span(" ".repeat(SIGN + widths.path + GAP)),
    span(fit(labels.left, widths.value + GAP, canvas.glyphs.ellipsis), "dim"),
    span(labels.right, "dim"),
  ];
  const differs = rows.some(({ sign }) => sign !== "=");
  return [
    ...(differs && !isNarrow ? [heading] : []),
    ...rows.flatMap((row) => {
      if (row.sign === "=") return [equalLine(row, widths, canvas)];
      return isNarrow ? stackedLines(row, labels, widths, canvas) : columnLines(row, widths, canvas);
    }),
  ];
}

function widthsFor(rows: readonly ComparedRow[], { columns, glyphs }: Canvas): Widths {
  const longest = rows.reduce(
    (most, { path }) => Math.max(most, stringWidth(glyphs.show(cut(path, 100)))),
    SHORTEST_PATH,
  );
  const path = Math.min(longest, Math.floor(columns / (columns < NARROW ? 2 : 3)));
  return { columns, path, value: Math.floor((columns - SIGN - path - GAP * 2) / 2) };
}

function equalLine({ path, left = "" }: ComparedRow, widths: Widths, { glyphs }: Canvas): Line {
  const name = fit(tableText(path, glyphs), widths.path, glyphs.ellipsis);
  const room = widths.columns - SIGN - widths.path - GAP;
  // Of half a megabyte no more than can be seen is looked at.
  const value = shorten(tableText(cut(left, room * 4), glyphs), room, glyphs.ellipsis);
  return [span(`= ${name}${" ".repeat(GAP)}${value}`, "dim")];
}

function columnLines(row: ComparedRow, { path, value }: Widths, canvas: Canvas): Line[] {
  const name = nameCell(row, path, canvas);
  const [left, right] = sideTexts(row, canvas).map((side) =>
    side === undefined ? cell("(absent)", value, { tone: "dim" }) : changedCell(side, value),
  ) as [Cell, Cell];
  const lines = Math.max(...[name, left, right].map(({ folded }) => folded.lines));
  return Array.from({ length: lines }, (_, index) => [
    span((index === 0 ? row.sign : "").padEnd(SIGN), SIGN_TONES[row.sign]),
    ...cellLine(name, index),
    span(" ".repeat(GAP)),
    ...cellLine(left, index),
    span(" ".repeat(GAP)),
    ...cellLine(right, index),
  ]);
}

function stackedLines(
  row: ComparedRow,
  labels: ComparedImages["labels"],
  { columns }: Widths,
  canvas: Canvas,
): Line[] {
  const name = nameCell(row, columns - SIGN, canvas);
  const label = Math.max(labels.left.length, labels.right.length) + GAP;
  const [left, right] = sideTexts(row, canvas);
  const side = (title: string, text: Excerpt | undefined): Line[] => {
    if (text === undefined) return [];
    const content = changedCell(text, columns - SIGN - label);
    return lineNumbers(content).map((index) => [
      span(" ".repeat(SIGN) + (index === 0 ? title : "").padEnd(label), "dim"),
      ...cellLine(content, index),
    ]);
  };
  return [
    ...lineNumbers(name).map((index) => [
      span((index === 0 ? row.sign : "").padEnd(SIGN), SIGN_TONES[row.sign]),
      ...cellLine(name, index),
    ]),
    ...side(labels.left, left),
    ...side(labels.right, right),
  ];
}

function nameCell({ path, sign }: ComparedRow, width: number, { glyphs }: Canvas): Cell {
  return cell(tableText(path, glyphs), width, { tone: SIGN_TONES[sign] });
}

function changedCell({ text, changed }: Excerpt, width: number): Cell {
  return cell(text, width, { changed });
}

/** What is to be seen of either side's value. */
function sideTexts({ left, right }: ComparedRow, { glyphs }: Canvas): (Excerpt | undefined)[] {
  const [a, b] = [left, right].map((text) => text && tableText(text, glyphs));
  const [inA, inB] =
    a !== undefined && b !== undefined
      ? changedParts(a, b)
      : [[0, a?.length ?? 0] as const, [0, b?.length ?? 0] as const];
  return [
    a === undefined ? undefined : excerpt(a, inA, glyphs.ellipsis),
    b === undefined ? undefined : excerpt(b, inB, glyphs.ellipsis),
  ];
}

function lineNumbers({ folded }: Cell): number[] {
  return Array.from({ length: folded.lines }, (_, index) => index);
}
