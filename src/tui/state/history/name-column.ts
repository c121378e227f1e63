import stringWidth from "string-width";
import { escapeForTerminal } from "../../../core/escape.ts";
import { cut } from "../../format/text.ts";
import type { Glyphs } from "../../terminal/glyphs.ts";

const SHORTEST = 4;
const SHARE = 0.4;
/** UTF-16 units that are looked at of each name. */
const LOOKED_AT = 100;

/** Columns for names: as wide as the longest, at most a share of it all. */
export function nameColumn(names: readonly string[], width: number, glyphs: Glyphs): number {
  const most = Math.max(SHORTEST, Math.floor(width * SHARE));
  let widest = SHORTEST;
  for (const name of names) {
    if (widest >= most) break;
    widest = Math.max(widest, stringWidth(glyphs.show(escapeForTerminal(cut(name, LOOKED_AT)))));
  }
  return Math.min(widest, most);
}
