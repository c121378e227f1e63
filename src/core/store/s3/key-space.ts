const DIGITS = "0123456789abcdef";
const MOST_LEVELS = 8;

/**
 * Cuts what comes after the first page of a listing into ranges that can be listed at once. Ids in hex are cut evenly however many
 * there are: at the first character where the page's keys differ, and at each one before it. Whatever the
 * names really are, the ranges together are everything: a bad guess costs requests, never keys.
 * @param folder what all keys begin with
 * @returns keys in ascending order: each ends the range before it, inclusive, and begins the next
 */
export function cutKeySpace(folder: string, first: string, last: string): string[] {
  const differing = sharedLength(first, last);
  // Names of folders that all keys have in common are not counted through.
  const start = Math.max(folder.length, last.lastIndexOf("/", differing - 1) + 1);
  const cuts: string[] = [];
  for (let level = Math.min(differing, start + MOST_LEVELS - 1); level >= start; level--) {
    const before = last.slice(0, level);
    if (!before.isWellFormed()) continue;
    for (const digit of DIGITS) if (digit > (last[level] ?? "")) cuts.push(before + digit);
  }
  return cuts;
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

/** S3 orders keys by their UTF-8, which is not quite JavaScript's order of strings. */
export function isAfter(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
}
