import { escapeForTerminal } from "../../../core/escape.ts";
import type { WireKey } from "../../../core/item/attribute-value.ts";
import { humanJson } from "../../../core/item/human.ts";
import { exactCount } from "../../format/numbers.ts";
import { type Line, lineWidth, span, spread } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { cut, shortenMiddle } from "../../format/text.ts";
import type { Canvas } from "../../terminal/canvas.ts";

export interface HistoryHeading {
  title: string;
  /** Comes from outside. */
  table: string;
  key: WireKey;
  /** From 0, of the selected version. */
  position: number;
  count: number;
}

/** UTF-16 units of a name: more than the widest screen shows. */
const LONGEST = 500;
/** A table's name takes at most this share. */
const TABLE_SHARE = 0.4;
const SHORTEST = 6;

/** `ddbr record-history  us-east-1/orders  {"id":"abc"}              3 of 412 versions` */
export function historyTitle(heading: HistoryHeading, { columns, glyphs }: Canvas): Line {
  const { position, count } = heading;
  const versions =
    count === 1 ? "1 version " : `${exactCount(position + 1)} of ${exactCount(count)} versions `;
  const shown = (text: string) => tableText(escapeForTerminal(cut(text, LONGEST)), glyphs);
  const [table, key] = [shown(heading.table), shown(humanJson(heading.key))];
  const room = columns - versions.length - 3;
  const names = lineWidth([span(`${table}  ${key}`)]);
  // The title is known to who typed it: it gives way to what tells records apart.
  const title = heading.title.length + 2 + names <= room ? `${heading.title}  ` : "";
  const tableRoom = Math.min(lineWidth([span(table)]), Math.max(SHORTEST, Math.floor(room * TABLE_SHARE)));
  const shortTable = title ? table : shortenMiddle(table, tableRoom, glyphs.ellipsis);
  const keyRoom = Math.max(0, room - title.length - lineWidth([span(shortTable)]) - 2);
  const left: Line = [
    span(` ${title}`, "strong"),
    span(`${shortTable}  `),
    span(shortenMiddle(key, keyRoom, glyphs.ellipsis), "accent"),
  ];
  return spread(left, [span(versions, "dim")], columns, glyphs.ellipsis);
}
