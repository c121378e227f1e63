import { cut } from "../../format/text.ts";
import type { ComparedImages, ComparedRow } from "./compared-rows.ts";

/** What is equal is there for orientation only. */
const MOST_OF_EQUAL = 100;

/** The rows as lines of text, with nothing of what differs left out: for files and pipes. */
export function rowTexts(rows: readonly ComparedRow[], { only }: ComparedImages): string[] {
  return rows.map(({ sign, path, left, right }) => {
    const values =
      left !== undefined && right !== undefined ? `${left} → ${right}` : shown(sign, left ?? right ?? "");
    const side = left === undefined ? only.right : only.left;
    return `${sign} ${path}  ${values}${sign === "+" || sign === "-" ? `  (${side})` : ""}`;
  });
}

function shown(sign: ComparedRow["sign"], value: string): string {
  if (sign !== "=" || value.length <= MOST_OF_EQUAL) return value;
  return `${cut(value, MOST_OF_EQUAL)}…`;
}
