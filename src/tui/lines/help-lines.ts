import { type Line, span } from "../format/spans.ts";
import type { SideLabels } from "../state/run-state.ts";
import type { Canvas } from "../terminal/canvas.ts";
import { type KeyHelp, keyTable } from "./key-table.ts";

export function helpLines(labels: SideLabels, { glyphs }: Canvas): Line[] {
  const { upDown, leftRight, enter } = glyphs.keys;
  const keys: KeyHelp[] = [
    [`${upDown}  j k`, "move; in an open record, scroll"],
    ["PgUp PgDn", "a screen up or down"],
    ["Home End  g G", "to the first, to the last"],
    [enter, "open the selected record, both sides beside each other"],
    [leftRight, "in an open record: the one before, the one after"],
    ["n", "in an open record: to the next change"],
    ["Esc  q", "back to the list"],
    ["f", "show all, missing, different or extraneous records"],
    ["p", "pause and resume"],
    ["r", "when finished: repair what was found"],
    ["q  Ctrl-C", "stop; when finished, leave"],
  ];
  return [
    ...keyTable(keys),
    [],
    [
      ...[span(" ~", "different"), span(" differs   ")],
      ...[span("+", "missing"), span(` only in the ${labels.primary}   `)],
      ...[span("-", "extraneous"), span(` only in the ${labels.replica}`)],
    ],
  ];
}
