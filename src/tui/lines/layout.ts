import type { Size } from "../terminal/canvas.ts";

/** Which parts of the screen there is room for. */
export interface Layout {
  /** Nothing but one line fits. */
  tiny: boolean;
  /** One line for each side, one for both, or none. */
  sides: "each" | "sum" | "none";
  segments: boolean;
  notes: boolean;
  rules: boolean;
  columnHeading: boolean;
  listRows: number;
}

const SMALLEST: Size = { columns: 30, rows: 8 };

/** The less important lines go first as the screen gets lower. */
export function layoutOf({ columns, rows }: Size): Layout {
  const parts = {
    tiny: columns < SMALLEST.columns || rows < SMALLEST.rows,
    sides: rows >= 14 ? ("each" as const) : rows >= 9 ? ("sum" as const) : ("none" as const),
    segments: rows >= 15,
    notes: rows >= 13,
    rules: rows >= 20,
    columnHeading: rows >= 17,
  };
  const sides = { each: 2, sum: 1, none: 0 }[parts.sides];
  const count = (...shown: boolean[]) => shown.filter(Boolean).length;
  // Title, progress, the list's heading and the keys are always there; rules come in pairs.
  const others = 4 + sides + count(parts.segments, parts.notes, parts.columnHeading);
  return { ...parts, listRows: Math.max(1, rows - others - (parts.rules ? 2 : 0)) };
}
