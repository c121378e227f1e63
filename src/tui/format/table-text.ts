import type { Glyphs } from "../terminal/glyphs.ts";
import { spellOut } from "./spell-out.ts";

/** Marks on top of so many others are spelled out: a heap of them would cover the lines around it. */
const HEAPED_MARKS = /(?<=\p{Mark}{4})\p{Mark}/gu;

/** Text of a table, already escaped for a terminal, as this one can show it. */
export function tableText(text: string, glyphs: Glyphs): string {
  return glyphs.show(text.replace(HEAPED_MARKS, spellOut));
}
