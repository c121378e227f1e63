import { type Range, wholeClusters } from "../../format/changed-part.ts";

export interface Excerpt {
  text: string;
  changed: Range;
}

/** What has changed in a text, with at most `context` UTF-16 units of what has not on either side where there is much of it. */
export function aroundChange(text: string, changed: Range, context: number, ellipsis: string): Excerpt {
  const [start, end] = changed;
  // To leave out no more than the ellipsis is worth would only hide.
  const from = start > 2 * context ? start - context : 0;
  const to = text.length - end > 2 * context ? end + context : text.length;
  const [first, last] = wholeClusters(text, [from, to]);
  const before = first > 0 ? ellipsis : "";
  const shift = before.length - first;
  return {
    text: before + text.slice(first, last) + (last < text.length ? ellipsis : ""),
    changed: [start + shift, end + shift],
  };
}
