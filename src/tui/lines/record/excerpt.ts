import type { Range } from "../../format/changed-part.ts";
import { cut } from "../../format/text.ts";

/** What is shown of a value, and which part of that has changed. */
export interface Excerpt {
  text: string;
  changed: Range;
}

/** UTF-16 units: on a terminal a value of half a megabyte would bury all else. */
const MOST = 600;
const BEFORE_CHANGE = 100;

/** The whole text or, of a long one, the surroundings of where its change begins. */
export function excerpt(text: string, [start, end]: Range, ellipsis: string): Excerpt {
  if (text.length <= MOST) return { text, changed: [start, end] };
  const from = startOfCharacter(text, Math.max(0, start - BEFORE_CHANGE));
  const piece = cut(text.slice(from), MOST);
  const left = text.length - from - piece.length;
  const head = from > 0 ? `${ellipsis}(${from} more)` : "";
  const tail = left > 0 ? `${ellipsis}(${left} more)` : "";
  const shift = head.length - from;
  return {
    text: head + piece + tail,
    changed: [start + shift, Math.min(end + shift, head.length + piece.length)],
  };
}

function startOfCharacter(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit < 0xe000 ? index - 1 : index;
}
