import stringWidth from "string-width";
import type { Discrepancy } from "../../../core/diff/discrepancy.ts";
import { escapeForTerminal } from "../../../core/escape.ts";
import { cut } from "../../format/text.ts";
import type { Glyphs } from "../../terminal/glyphs.ts";

/**
 * - `beside`: name, primary, replica · `single`: name and the one side there is
 * - `stacked`: the name above, each side on lines of its own
 */
export interface Columns {
  layout: "beside" | "single" | "stacked";
  name: number;
  value: number;
}

/** Of a line's sign with the space after it, and between columns. */
export const SIGN = 2;
export const GAP = 2;
/** Ahead of a stacked value. */
export const LABEL = 9;

const NARROW = 64;
const SHORTEST_NAME = 9;

export function chooseColumns({ kind, attributes }: Discrepancy, width: number, glyphs: Glyphs): Columns {
  if (width < NARROW) return { layout: "stacked", name: width - SIGN, value: width - SIGN - LABEL };
  const longest = attributes.reduce(
    (most, { name }) => Math.max(most, nameWidth(name, glyphs)),
    SHORTEST_NAME,
  );
  const name = Math.min(longest, Math.floor(width / 4));
  const rest = width - SIGN - name - GAP;
  if (kind !== "different") return { layout: "single", name, value: rest };
  return { layout: "beside", name, value: Math.floor((rest - GAP) / 2) };
}

function nameWidth(name: string, glyphs: Glyphs): number {
  return stringWidth(glyphs.show(escapeForTerminal(cut(name, 100))));
}
