/** UTF-16 units `[start, end)` of a text. */
export type Range = readonly [start: number, end: number];

/** What is left of two texts without their common beginning and end. */
export function changedParts(a: string, b: string): [Range, Range] {
  const shorter = Math.min(a.length, b.length);
  let before = 0;
  while (before < shorter && a.charCodeAt(before) === b.charCodeAt(before)) before++;
  let after = 0;
  while (
    after < shorter - before &&
    a.charCodeAt(a.length - 1 - after) === b.charCodeAt(b.length - 1 - after)
  ) {
    after++;
  }
  return [wholeClusters(a, [before, a.length - after]), wholeClusters(b, [before, b.length - after])];
}

const segmenter = new Intl.Segmenter();
/** Far enough to see whole clusters; longer ones are not worth a look at the whole text. */
const AROUND = 64;

/** A cluster drawn in two tones would fall apart: the range grows to the clusters it cuts. */
export function wholeClusters(text: string, [start, end]: Range): Range {
  return [start - cutFromCluster(text, start)[0], end + cutFromCluster(text, end)[1]];
}

/** How many units of the cluster around `index` lie before and from it on; none when it starts there. */
function cutFromCluster(text: string, index: number): [before: number, from: number] {
  const offset = Math.max(0, index - AROUND);
  const cluster = segmenter.segment(text.slice(offset, index + AROUND)).containing(index - offset);
  if (cluster === undefined || cluster.index === index - offset) return [0, 0];
  const before = index - offset - cluster.index;
  return [before, cluster.segment.length - before];
}
