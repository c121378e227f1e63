import type { RecordSide } from "../diff/source.ts";

/** How much the images that are held at once may come to on one side, going by the tables' sizes. */
const BYTES = 4 * 1024 * 1024;
/** BatchGetItem takes no more keys than this. */
const MOST_KEYS = 100;
const FEWEST_KEYS = 4;

/** How many records are worked on at once. */
export function recordsAtOnce(sides: readonly RecordSide[]): number {
  const itemBytes = Math.max(
    1,
    ...sides.map(({ description: { items, bytes } }) => bytes / Math.max(items, 1)),
  );
  return Math.max(FEWEST_KEYS, Math.min(MOST_KEYS, Math.floor(BYTES / itemBytes)));
}
