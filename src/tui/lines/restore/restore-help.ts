import { type Line, span } from "../../format/spans.ts";
import { wrapWords } from "../../format/wrap-words.ts";
import type { Canvas } from "../../terminal/canvas.ts";
import { type KeyHelp, keyTable } from "../key-table.ts";

const KEYS: readonly KeyHelp[] = [
  ["y  n", "when the plan is shown: carry it out, or write nothing"],
  ["p", "pause and resume"],
  ["q  Ctrl-C", "stop: writes under way are finished; --resume goes on"],
  ["Ctrl-C Ctrl-C", "leave at once"],
  ["?  h", "this page; any key closes it"],
];

const WORDS: readonly string[] = [
  "left: a record that differs and is left alone, as it was written by others or is not part of what is asked for.",
  "raced: somebody wrote the record after the plan was made; it is left as they wrote it.",
  "missing, different, extraneous: what verifying has found not to be as planned.",
  "undone: what could not be done; the run ends as incomplete.",
  "foreign: objects in the folder that are not records; they are passed over.",
];

export function restoreHelp(canvas: Canvas): Line[] {
  const words = WORDS.flatMap((text) => wrapWords(text, canvas.columns - 2)).map(
    (text): Line => [span(` ${text}`)],
  );
  return [...keyTable(KEYS), [], ...words];
}
