import type { FollowedChange } from "../../../core/follow/follow-events.ts";
import { humanJson } from "../../../core/item/human.ts";
import { type Line, span } from "../../format/spans.ts";
import { tableText } from "../../format/table-text.ts";
import { cut, shortenMiddle } from "../../format/text.ts";
import { timeText } from "../../state/history/moment.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import type { Tone } from "../../terminal/tones.ts";

const WORDS: Record<FollowedChange["event"], [string, Tone]> = {
  INSERT: ["insert", "good"],
  MODIFY: ["modify", "different"],
  REMOVE: ["remove", "warn"],
};
const WORD = "insert".length;
const TIME = "14:03:22".length;
/** UTF-16 units: more than the widest screen shows. */
const LONGEST = 500;

/** `Changes`: those that reached the target last, the latest first, in at most `rows` lines. */
export function changeRows(changes: readonly FollowedChange[], rows: number, canvas: Canvas): Line[] {
  if (rows < 2 || changes.length === 0) return [];
  return [
    [span(" Changes", "strong"), span("  the latest", "dim")],
    ...changes.slice(0, rows - 1).map((change) => changeRow(change, canvas)),
  ];
}

function changeRow({ event, key, at }: FollowedChange, { columns, glyphs }: Canvas): Line {
  const [word, tone] = WORDS[event];
  const text = tableText(cut(humanJson(key), LONGEST), glyphs);
  return [
    span(`   ${(at === undefined ? "" : timeText(at, false)).padEnd(TIME)}  `, "dim"),
    span(`${word.padEnd(WORD)}  `, tone),
    span(shortenMiddle(text, Math.max(0, columns - TIME - WORD - 8), glyphs.ellipsis)),
  ];
}
