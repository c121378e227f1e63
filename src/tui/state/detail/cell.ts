import stringWidth from "string-width";
import type { Range } from "../../format/changed-part.ts";
import { type FoldedText, fold } from "../../format/folded-text.ts";
import { type Line, type Span, span } from "../../format/spans.ts";
import type { Tone } from "../../terminal/tones.ts";

/** A text in a column, folded to the column's width. */
export interface Cell {
  width: number;
  folded: FoldedText;
  tone?: Tone;
  /** Drawn in the tone of changes. */
  changed?: Range;
}

export function cell(text: string, width: number, look: Pick<Cell, "tone" | "changed"> = {}): Cell {
  return { width, folded: fold(text, width), ...look };
}

/** One line of the cell, filled up to its width; blank behind the last. */
export function cellLine({ folded, width, tone, changed }: Cell, index: number): Line {
  if (index >= folded.lines) return [span(" ".repeat(width))];
  const [start, end] = folded.line(index);
  const from = clamp(changed?.[0] ?? end, start, end);
  const to = clamp(changed?.[1] ?? end, start, end);
  const spans: Span[] = [];
  const add = (a: number, b: number, look?: Tone) => {
    if (b > a) spans.push(span(folded.text.slice(a, b), look));
  };
  add(start, from, tone);
  add(from, to, "changed");
  add(to, end, tone);
  const room = width - stringWidth(folded.text.slice(start, end));
  return room > 0 ? [...spans, span(" ".repeat(room))] : spans;
}

/** First line of the cell that shows a change. */
export function firstChange({ folded, changed }: Cell): number {
  if (changed === undefined) return 0;
  let low = 0;
  let high = folded.lines - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (folded.line(middle)[0] <= changed[0]) low = middle;
    else high = middle - 1;
  }
  return low;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
