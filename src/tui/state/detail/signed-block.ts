import { type Line, span } from "../../format/spans.ts";
import type { Tone } from "../../terminal/tones.ts";
import { type Cell, cellLine, firstChange } from "./cell.ts";
import { GAP, SIGN } from "./columns.ts";

/** Some lines that belong together, each made when it is looked at. */
export interface Block {
  lines: number;
  /** The first line that shows a change; absent where nothing has changed. */
  firstChange: number | undefined;
  line(index: number): Line;
}

/** What became of an attribute, or which side alone has it; a blank says nothing of it. */
export type Sign = "~" | "+" | "-" | " ";

export const SIGN_TONES: Record<Sign, Tone> = {
  "~": "different",
  "+": "missing",
  "-": "extraneous",
  " ": "accent",
};

/** A name and what it holds, in columns beside each other. */
export function besides(sign: Sign, name: Cell, cells: readonly Cell[]): Block {
  const gap = span(" ".repeat(GAP));
  return {
    lines: Math.max(name.folded.lines, ...cells.map(({ folded }) => folded.lines)),
    firstChange: Math.min(...cells.map(firstChange)),
    line: (index) => [
      signSpan(sign, index),
      ...cellLine(name, index),
      ...cells.flatMap((side) => [gap, ...cellLine(side, index)]),
    ],
  };
}

export function signSpan(sign: Sign, index: number) {
  return span((index === 0 ? sign : "").padEnd(SIGN), SIGN_TONES[sign]);
}
