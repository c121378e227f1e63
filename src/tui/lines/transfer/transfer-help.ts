import { type Line, span } from "../../format/spans.ts";
import { wrapWords } from "../../format/wrap-words.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { type KeyHelp, keyTable } from "../key-table.ts";

const KEYS: readonly KeyHelp[] = [
  ["p", "pause and resume"],
  ["q  Ctrl-C", "stop: what is under way is finished, nothing new is begun"],
  ["Ctrl-C Ctrl-C", "leave at once"],
  ["?  h", "this page; any key closes it"],
];

const WORDS: readonly string[] = [
  "raw: bytes of the items as JSON lines. stored: bytes after compression. 5.0:1 is their ratio.",
  "kept: items that were there already and equal, so not written again. done earlier: what an interrupted run had done.",
  "foreign: objects in the folder that are not records; they are passed over.",
  "undone: what could not be done; the run ends as incomplete.",
];

export function transferHelp(canvas: Canvas): Line[] {
  const words = WORDS.flatMap((text) => wrapWords(text, canvas.columns - 2)).map(
    (text): Line => [span(` ${text}`)],
  );
  return [...keyTable(KEYS), [], ...words];
}
