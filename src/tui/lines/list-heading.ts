import { countDiscrepancies } from "../../core/diff/diff-totals.ts";
import { DISCREPANCY_KINDS, type DiscrepancyKind } from "../../core/diff/discrepancy.ts";
import { exactCount } from "../format/numbers.ts";
import { join, type Line, lineWidth, span, spread } from "../format/spans.ts";
import type { Frame } from "../state/frame.ts";
import type { View } from "../state/view.ts";
import type { Canvas } from "../terminal/canvas.ts";

export interface ListPlace {
  /** Position of the selected row, and how many the filter shows. */
  position: number;
  count: number;
  notListed: number;
}

/** `Discrepancies 17   missing 9 · different 6 · extraneous 2            filter: all   3 of 17`, in fewer words where it must. */
export function listHeading(frame: Frame, view: View, place: ListPlace, canvas: Canvas): Line {
  const { columns, glyphs } = canvas;
  const lefts = [
    leftPart(frame, place, "Discrepancies", "long", glyphs.separator),
    leftPart(frame, place, "Found", "long", glyphs.separator),
    leftPart(frame, place, "Found", "short", "  "),
    leftPart(frame, place, "", "short", "  "),
  ];
  const rights = [rightPart(view, place, "filter: "), rightPart(view, place, "")];
  for (const left of lefts) {
    for (const right of rights) {
      if (lineWidth(left) + 2 + lineWidth(right) <= columns)
        return spread(left, right, columns, glyphs.ellipsis);
    }
  }
  return spread(lefts.at(-1)!, [], columns, glyphs.ellipsis);
}

function leftPart(
  { state }: Frame,
  { notListed }: ListPlace,
  word: string,
  kinds: "long" | "short",
  separator: string,
): Line {
  const total = exactCount(countDiscrepancies(state.totals));
  const parts = DISCREPANCY_KINDS.map((kind): Line => {
    const count = state.totals.discrepancies[kind];
    return [span(`${kindWord(kind, kinds)} `, count > 0 ? kind : "dim"), span(exactCount(count))];
  });
  if (notListed > 0) parts.push([span(`${exactCount(notListed)} not listed`, "bad")]);
  return [span(` ${word}${word && " "}${total}  `, "strong"), ...join(parts, separator)];
}

function kindWord(kind: DiscrepancyKind, length: "long" | "short"): string {
  return length === "long" ? kind : kind.slice(0, 4);
}

function rightPart({ filter }: View, { position, count }: ListPlace, word: string): Line {
  const where = count === 0 ? "" : `  ${exactCount(position + 1)} of ${exactCount(count)}`;
  return [span(word, "dim"), span(filter, filter === "all" ? "dim" : filter), span(`${where} `, "dim")];
}
