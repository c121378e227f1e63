import stringWidth from "string-width";
import type { Tone } from "../terminal/tones.ts";
import { shorten } from "./text.ts";

/** A piece of a screen line in one tone; already safe to print. */
export interface Span {
  text: string;
  tone?: Tone;
}

/** One line of the screen. */
export type Line = readonly Span[];

export function span(text: string, tone?: Tone | undefined): Span {
  return tone === undefined ? { text } : { text, tone };
}

export function lineWidth(line: Line): number {
  return line.reduce((width, { text }) => width + stringWidth(text), 0);
}

/** The line cut down to `width` columns. */
export function fitLine(line: Line, width: number, ellipsis: string): Line {
  if (lineWidth(line) <= width) return line;
  const fitted: Span[] = [];
  let room = width;
  for (const piece of line.filter(({ text }) => text !== "")) {
    const text = shorten(piece.text, room, ellipsis);
    if (text === "") break;
    fitted.push({ ...piece, text });
    room -= stringWidth(text);
  }
  return fitted;
}

/** `left` and, at the right edge, `right`; `left` gives way when both don't fit. */
export function spread(left: Line, right: Line, width: number, ellipsis: string): Line {
  const rightWidth = lineWidth(right);
  if (rightWidth === 0 || rightWidth + 2 > width) return fitLine(left, width, ellipsis);
  const fitted = fitLine(left, width - rightWidth - 2, ellipsis);
  return [...fitted, span(" ".repeat(width - rightWidth - lineWidth(fitted))), ...right];
}

/** Puts `separator` between the parts. */
export function join(parts: readonly Line[], separator: string): Line {
  return parts.flatMap((part, index) => (index === 0 ? part : [span(separator, "dim"), ...part]));
}

/** As many parts from the front as fit into `width` columns. */
export function joinFitting(parts: readonly Line[], separator: string, width: number): Line {
  let count = parts.length;
  while (count > 0 && lineWidth(join(parts.slice(0, count), separator)) > width) count--;
  return join(parts.slice(0, count), separator);
}
