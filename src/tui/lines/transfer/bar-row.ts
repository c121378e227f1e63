import { percentage } from "../../format/numbers.ts";
import { type Line, span } from "../../format/spans.ts";
import { fit } from "../../format/text.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";
import { bar } from "../progress-line.ts";

/** A part of the work: what it is called, how far it is, and its numbers. */
export interface BarRow {
  label: string;
  /** 0 to 1; undefined where nothing is known to measure it by: then there is no bar. */
  fraction?: number | undefined;
  /** Said in the place of the bar. */
  instead?: { text: string; tone: Tone };
  /** Aligned to the right, one below the other. */
  cells: readonly string[];
}

export interface BarColumns {
  label: number;
  /** 0 leaves the bar out. */
  bar: number;
  /** Widths of the cells; those that don't fit are left out from the end. */
  cells: readonly number[];
}

const INDENT = 3;
const GAP = 2;
const PERCENT = 6;
const SHORTEST_BAR = 8;
const LONGEST_BAR = 40;

/** Shares out a line between the label, the bar and the cells of `widths`. */
export function barColumns(label: number, widths: readonly number[], { columns }: Canvas): BarColumns {
  const cells = [...widths];
  const barRoom = () =>
    columns - INDENT - label - GAP - PERCENT - 1 - cells.reduce((sum, width) => sum + width + GAP, 0);
  while (cells.length > 1 && barRoom() < SHORTEST_BAR) cells.pop();
  return { label, bar: Math.max(0, Math.min(LONGEST_BAR, barRoom())), cells };
}

export function barRow(
  { label, fraction, instead, cells }: BarRow,
  columns: BarColumns,
  canvas: Canvas,
): Line {
  const { glyphs } = canvas;
  const place = columns.bar + PERCENT;
  const middle =
    fraction === undefined || instead
      ? [span(fit(instead?.text ?? "", place, glyphs.ellipsis), instead?.tone)]
      : [...bar(fraction, columns.bar, "accent", glyphs), span(percentage(fraction).padStart(PERCENT))];
  return [
    span(" ".repeat(INDENT) + fit(label, columns.label, glyphs.ellipsis) + " ".repeat(GAP)),
    ...middle,
    ...cellSpans(cells, columns, canvas),
  ];
}

/** The names of the columns, above the rows. */
export function barHeading(
  label: string,
  cells: readonly string[],
  columns: BarColumns,
  canvas: Canvas,
): Line {
  const blank = " ".repeat(columns.bar + PERCENT);
  const name = " ".repeat(INDENT) + fit(label, columns.label, canvas.glyphs.ellipsis) + " ".repeat(GAP);
  return [name + blank, ...cellSpans(cells, columns, canvas).map(({ text }) => text)].map((text) =>
    span(text, "dim"),
  );
}

function cellSpans(cells: readonly string[], { cells: widths }: BarColumns, { glyphs }: Canvas) {
  return widths.map((width, at) =>
    span(" ".repeat(GAP) + fit(cells[at] ?? "", width, glyphs.ellipsis, "right")),
  );
}
