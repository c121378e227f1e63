import { type Line, span } from "../../format/spans.ts";
import { wrapWords } from "../../format/wrap-words.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { type KeyHelp, keyTable } from "../key-table.ts";

/** @param notices what there is to know of this history; safe to print */
export function historyHelp(notices: readonly string[], { columns, glyphs }: Canvas): Line[] {
  const { upDown, leftRight, enter } = glyphs.keys;
  const keys: KeyHelp[] = [
    [`${upDown}  j k`, "newer and older version; in the item, scroll"],
    ["PgUp PgDn", "a screen up or down"],
    ["Home End  g G", "to the newest, to the oldest; in the item, its begin and end"],
    [`${leftRight}  ${enter}  Esc`, "from the versions into the item and back"],
    ["Space b  J K", "scroll the item from where you are"],
    ["Tab", "view: change, whole item, against the table's item now"],
    ["c", "to the next change, or what was found, in the item"],
    ["m", "mark the version: changes are then shown against it; again: unmark"],
    ["d", "go to the version that was current at a date or time"],
    ["/  n N", "search in values; next and previous version found"],
    ["w", "write the version's item to a file, in wire form"],
    ["y Y", "copy the item's JSON: in wire form, as shown"],
    ["r", "restore the version into the table, after a question"],
    ["R", "read again: the table's item, and what was not readable"],
    ["Esc", "stop what goes on; take the mark away"],
    ["q  Ctrl-C", "leave"],
  ];
  const signs: Line = [
    ...[span(" ~", "different"), span(" changed   ")],
    ...[span("+", "missing"), span(" came   ")],
    ...[span("-", "extraneous"), span(" went   ")],
    ...[span(glyphs.mark, "warn"), span(" marked   ")],
    ...[span(glyphs.hit, "warn"), span(" found")],
  ];
  const more = notices
    .flatMap((text) => wrapWords(text, columns - 2))
    .map((text): Line => [span(` ${text}`, "warn")]);
  return [...keyTable(keys), signs, [span(" All times are UTC.", "dim")], ...more];
}
