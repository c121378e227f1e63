import stringWidth from "string-width";
import type { Discrepancy } from "../../../core/diff/discrepancy.ts";
import { escapeForTerminal } from "../../../core/escape.ts";
import { cut } from "../../format/text.ts";
import type { Glyphs } from "../../terminal/glyphs.ts";
import type { SideLabels } from "../run-state.ts";

/**
 * - `beside`: name, primary, replica · `single`: name and the one side there is
 * - `stacked`: the name above, each side on lines of its own
 */
export interface Columns {
  layout: "beside" | "single" | "stacked";
  name: number;
  value: number;
  /** What the sides are called. */
  labels: SideLabels;
}

/** Of a line's sign with the space after it, and between columns. */
export const SIGN = 2;
export const GAP = 2;
const NARROW = 64;
const SHORTEST_NAME = 9;

export function chooseColumns(
  { kind, attributes }: Discrepancy,
  width: number,
  glyphs: Glyphs,
  labels: SideLabels,
): Columns {
  if (width < NARROW)
    return { layout: "stacked", name: width - SIGN, value: width - SIGN - labelWidth(labels), labels };
  const longest = attributes.reduce(
    (most, { name }) => Math.max(most, nameWidth(name, glyphs)),
    SHORTEST_NAME,
  );
  const name = Math.min(longest, Math.floor(width / 4));
  const rest = width - SIGN - name - GAP;
  if (kind !== "different") return { layout: "single", name, value: rest, labels };
  return { layout: "beside", name, value: Math.floor((rest - GAP) / 2), labels };
}

/** Of a side's label ahead of a stacked value, with the space behind it. */
export function labelWidth({ primary, replica }: SideLabels): number {
  return Math.max(primary.length, replica.length) + GAP;
}

function nameWidth(name: string, glyphs: Glyphs): number {
  return stringWidth(glyphs.show(escapeForTerminal(cut(name, 100))));
}
