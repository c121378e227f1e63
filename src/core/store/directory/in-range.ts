import type { KeyRange } from "../object-store.ts";
import { isAfter } from "../s3/key-space.ts";

const PAGE_ENTRIES = 1_000;

/**
 * What a walk, which comes in no order, has in a range of keys, in ascending order and in pages; what one key has is never parted. All
 * of it is in memory: a directory holds no more.
 */
export async function* inRange<Entry>(
  pages: AsyncIterable<Entry[]>,
  keyOf: (entry: Entry) => string,
  { after, until }: KeyRange,
): AsyncGenerator<Entry[]> {
  const found: Entry[] = [];
  for await (const page of pages) {
    for (const entry of page) {
      const key = keyOf(entry);
      if (after !== undefined && !isAfter(key, after)) continue;
      if (until === undefined || !isAfter(key, until)) found.push(entry);
    }
  }
  // Stable: the versions of one key stay in their order.
  found.sort((one, other) => byKey(keyOf(one), keyOf(other)));
  for (let begin = 0, end = 0; begin < found.length; begin = end) {
    end = Math.min(begin + PAGE_ENTRIES, found.length);
    while (end < found.length && keyOf(found[end]!) === keyOf(found[end - 1]!)) end++;
    yield found.slice(begin, end);
  }
}

function byKey(one: string, other: string): number {
  if (one === other) return 0;
  return isAfter(one, other) ? 1 : -1;
}
