import { type Line, span } from "../format/spans.ts";
import type { Canvas } from "../terminal/canvas.ts";

export function helpLines({ glyphs }: Canvas): Line[] {
  const { upDown, leftRight, enter } = glyphs.keys;
  const keys: [keys: string, does: string][] = [
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
  const width = Math.max(...keys.map(([name]) => name.length)) + 3;
  return [
    [span(" Keys", "strong")],
    ...keys.map(([name, does]): Line => [span(` ${name.padEnd(width)}`, "accent"), span(does)]),
    [],
    [
      ...[span(" ~", "different"), span(" differs   ")],
      ...[span("+", "missing"), span(" only in the primary   ")],
      ...[span("-", "extraneous"), span(" only in the replica")],
    ],
  ];
}
