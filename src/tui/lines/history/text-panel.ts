import { escapeForTerminal } from "../../../core/escape.ts";
import { type Line, span } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { wrapWords } from "../../format/wrap-words.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";

export interface TextPanel {
  title: string;
  tone?: Tone;
  /** May come from outside. */
  texts: readonly string[];
  /** First line on the screen. */
  top: number;
  /** The line at the bottom: how to answer. */
  answer: Line;
}

export interface DrawnPanel {
  lines: Line[];
  /** `top` as far as there is something to scroll. */
  top: number;
  rows: number;
  /** Whether the last line is on the screen. */
  atEnd: boolean;
}

/** Text over the whole screen, to be scrolled where it is longer, and below it how to answer. */
export function textPanel(
  { title, tone = "strong", texts, top, answer }: TextPanel,
  canvas: Canvas,
): DrawnPanel {
  const { columns, glyphs } = canvas;
  const all = texts
    .flatMap((text) => text.split("\n"))
    .flatMap((text) => wrapWords(tableText(escapeForTerminal(text), glyphs), Math.max(2, columns - 2)));
  const rows = Math.max(0, canvas.rows - 4);
  const first = Math.min(Math.max(0, top), Math.max(0, all.length - rows));
  const atEnd = rows > 0 && first + rows >= all.length;
  const more: Line = [span(atEnd ? "" : ` ${glyphs.keys.upDown} there is more`, "accent")];
  const body = all.slice(first, first + rows).map((text): Line => [span(` ${text}`)]);
  return { lines: [[span(` ${title}`, tone)], [], ...body, more, answer], top: first, rows, atEnd };
}
