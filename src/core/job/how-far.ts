import type { SegmentState } from "../state/segment-book.ts";

/** More ranges than these are counted. */
const MOST_RANGES = 20;

/** `3 of 64 segments are not done: 4, 7 to 8`. */
export function missingText(missing: readonly number[], segments: number): string {
  const ranges: [from: number, to: number][] = [];
  for (const segment of missing) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === segment - 1) last[1] = segment;
    else ranges.push([segment, segment]);
  }
  const told = ranges.slice(0, MOST_RANGES).map(([from, to]) => (from === to ? from : `${from} to ${to}`));
  const more = ranges.length > MOST_RANGES ? ", and more" : "";
  return `${missing.length} of ${segments} segments ${missing.length === 1 ? "is" : "are"} not done: ${told.join(", ")}${more}`;
}

/** When the latest of the segments' records was written, by its worker's clock; milliseconds since 1970. */
export function lastHeard(states: readonly SegmentState[]): number {
  const times = states.map(({ newest }) => {
    return newest === undefined ? 0 : Date.parse(newest.record.until) - newest.record.leaseMs;
  });
  return times.reduce((latest, time) => Math.max(latest, time), 0);
}
