import { DISCREPANCY_KINDS } from "../../core/diff/discrepancy.ts";
import { countDiscrepancies } from "../../core/diff/diff-totals.ts";
import { exactCount } from "../format/numbers.ts";
import { type Line, joinFitting, lineWidth, span, spread } from "../format/spans.ts";
import type { Frame } from "../state/frame.ts";
import type { View } from "../state/view.ts";
import type { Canvas } from "../terminal/canvas.ts";

export interface ListPlace {
  /** Position of the selected row, and how many the filter shows. */
  position: number;
  count: number;
  notListed: number;
}

/** `Discrepancies 17   missing 9 · different 6 · extraneous 2            filter: all   3/17` */
export function listHeading({ state }: Frame, { filter }: View, place: ListPlace, canvas: Canvas): Line {
  const { columns, glyphs } = canvas;
  const total = span(exactCount(countDiscrepancies(state.totals)), "strong");
  const filtered: Line = filter === "all" ? [span("filter: all", "dim")] : [span("filter: ", "dim"), span(filter, filter)];
  const where = place.count === 0 ? "" : `   ${exactCount(place.position + 1)}/${exactCount(place.count)}`;
  const right = [...filtered, span(where, "dim"), span(" ")];
  const left = [span(columns < 60 ? " " : " Discrepancies ", "strong"), total, span("   ")];
  const room = columns - lineWidth(left) - lineWidth(right) - 2;
  const kinds = DISCREPANCY_KINDS.map((kind): Line => {
    const count = state.totals.discrepancies[kind];
    return [span(`${kind} `, count > 0 ? kind : "dim"), span(exactCount(count))];
  });
  const notListed = place.notListed > 0 ? [[span(`${exactCount(place.notListed)} not listed`, "bad")] as Line] : [];
  const all = joinFitting([...notListed, ...kinds], glyphs.separator, room);
  const short = DISCREPANCY_KINDS.map((kind): Line => [
    span(`${kind.slice(0, 4)} `, kind),
    span(String(state.totals.discrepancies[kind])),
  ]);
  const complete = lineWidth(all) > 0 && all.some(({ text }) => text.startsWith("extraneous"));
  return spread(
    [...left, ...(complete ? all : joinFitting([...notListed, ...short], " ", room))],
    right,
    columns,
    glyphs.ellipsis,
  );
}
