import { escapeForTerminal } from "../../core/escape.ts";
import { type Line, span } from "../format/spans.ts";
import { tableText } from "../format/table-text.ts";
import { wrapWords } from "../format/wrap-words.ts";
import type { Canvas } from "../terminal/canvas.ts";

/** The question and how to answer it; undefined when it doesn't fit on the screen as a whole. */
export function confirmLines(question: readonly string[], canvas: Canvas): Line[] | undefined {
  const lines = question
    .flatMap((text) => wrapWords(tableText(escapeForTerminal(text), canvas.glyphs), canvas.columns - 2))
    .map((text): Line => [span(` ${text}`)]);
  const answer: Line = [span(" y", "strong"), span(" yes   "), span("N", "strong"), span(" no")];
  const all = [[span(" Repair", "strong")] as Line, ...lines, [], answer];
  return all.length <= canvas.rows ? all : undefined;
}

export const CONFIRM_DOES_NOT_FIT: Line = [span("Enlarge the window; any key: no")];
