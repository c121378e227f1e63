import stringWidth from "string-width";
import { fold } from "./folded-text.ts";

/** Prose in lines of at most `width` columns, broken between words. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    const longer = line === "" ? word : `${line} ${word}`;
    if (stringWidth(longer) <= width) lines[lines.length - 1] = longer;
    else if (line === "") lines.splice(-1, 1, ...foldedLines(word, width));
    else lines.push(...foldedLines(word, width));
  }
  return lines;
}

function foldedLines(word: string, width: number): string[] {
  const folded = fold(word, width);
  return Array.from({ length: folded.lines }, (_, line) => word.slice(...folded.line(line)));
}
