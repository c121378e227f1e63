import { type Line, span } from "../format/spans.ts";
import type { Canvas } from "../terminal/canvas.ts";

/** A number with its unit; `rank` says which column it is in, and what goes first when room is short (the highest). */
export interface Field {
  rank: number;
  width: number;
  text: string;
  alarming?: boolean;
}

export interface FieldRow {
  label: string;
  fields: readonly Field[];
}

/** Numbers are aligned to the right, which leaves more. */
const GAP = 1;

export function field(rank: number, number: string, unit: string, width = 7): Field {
  return { rank, width: width + unit.length, text: number.padStart(width) + unit };
}

/** Rows with the same ranks in the same order, one below the other in the same columns. */
export function fieldLines(rows: readonly FieldRow[], { columns }: Canvas): Line[] {
  const label = Math.max(...rows.map((row) => row.label.length)) + 1;
  const widths = new Map<number, number>();
  for (const { rank, width } of rows.flatMap((row) => row.fields)) {
    widths.set(rank, Math.max(widths.get(rank) ?? 0, width));
  }
  const shown = fitting(widths, columns - label - 2);
  return rows.map((row) => [
    span(` ${row.label.padEnd(label)}`, "dim"),
    ...row.fields
      .filter(({ rank }) => shown.has(rank))
      .map(({ rank, text, alarming }) =>
        span(text.padEnd(widths.get(rank)! + GAP), alarming ? "warn" : undefined),
      ),
  ]);
}

/** Fields beside each other without columns, for low terminals. */
export function fieldsLine(fields: readonly Field[], { columns }: Canvas): Line {
  const shown = fitting(new Map(fields.map(({ rank, width }) => [rank, width])), columns - 1);
  return [
    span(" "),
    ...fields.filter(({ rank }) => shown.has(rank)).map(({ text }) => span(`${text.trim()}  `)),
  ];
}

/** Ranks of the columns that fit beside each other. */
function fitting(widths: ReadonlyMap<number, number>, room: number): ReadonlySet<number> {
  const shown = new Set<number>();
  let left = room;
  for (const [rank, width] of [...widths].toSorted(([a], [b]) => a - b)) {
    if (width + GAP > left) break;
    shown.add(rank);
    left -= width + GAP;
  }
  return shown;
}
