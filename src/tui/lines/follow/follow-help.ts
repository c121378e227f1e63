import { type Line, span } from "../../format/spans.ts";
import { wrapWords } from "../../format/wrap-words.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { type KeyHelp, keyTable } from "../key-table.ts";

const KEYS: readonly KeyHelp[] = [
  ["p", "pause and resume"],
  ["q  Ctrl-C", "stop: what is under way is finished, and how far it is saved"],
  ["Ctrl-C Ctrl-C", "leave at once"],
  ["?  h", "this page; any key closes it"],
];

const WORDS: readonly string[] = [
  "behind: time since the last change that is done, in the shard where that is longest ago. The curve: records a second.",
  "superseded: a later change of the same record, in the same page, was written instead. repeated: done before by this run.",
  "refused: tried again until the patience is over. undone: given up on and noted in the file of --skip-failed.",
  "lost: what was to be read is no longer kept by the stream. Compare and repair: diff-tables or incremental-diff.",
];

export function followHelp(canvas: Canvas): Line[] {
  const words = WORDS.flatMap((text) => wrapWords(text, canvas.columns - 2)).map(
    (text): Line => [span(` ${text}`)],
  );
  return [...keyTable(KEYS), [], ...words];
}
