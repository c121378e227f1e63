import { escapeForTerminal } from "../../core/escape.ts";
import { exactCount } from "../format/numbers.ts";
import { join, joinFitting, type Line, span } from "../format/spans.ts";
import { tableText } from "../format/table-text.ts";
import type { Canvas } from "../terminal/canvas.ts";
import type { Tone } from "../terminal/tones.ts";

/** `looked up 14` */
export function countNote(word: string, count: number, tone?: Tone): Line {
  return [span(`${word} `, tone ?? "dim"), span(exactCount(count), tone)];
}

/** `1 411 of about 2 864 RCU` */
export function unitsNote(consumed: number, expected: number): string {
  return `${exactCount(Math.round(consumed))} of about ${exactCount(expected)} RCU`;
}

/** As many notes as fit, the first ones first; then, as far as there is room, a reason, escaped here. */
export function joinNotes(
  notes: readonly Line[],
  reason: string | undefined,
  { columns, glyphs }: Canvas,
): Line {
  const line = joinFitting(notes, glyphs.separator, columns - 2);
  if (reason === undefined) return [span(" "), ...line];
  const text = tableText(escapeForTerminal(reason), glyphs);
  return [span(" "), ...join([line, [span(text, "bad")]], glyphs.separator)];
}
