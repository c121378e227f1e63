/** A figure as far as it can be known beforehand: never below `low` nor above `high`. Where these are the same it is exact. */
export interface Range {
  low: number;
  likely: number;
  high: number;
}

export function exactly(value: number): Range {
  return { low: value, likely: value, high: value };
}

export const NONE: Range = exactly(0);

/** @param likely is brought between the two others */
export function between(low: number, likely: number, high: number): Range {
  return { low, likely: Math.min(Math.max(likely, low), high), high };
}

export function sumOf(ranges: Iterable<Range>): Range {
  const sum = { low: 0, likely: 0, high: 0 };
  for (const { low, likely, high } of ranges) {
    sum.low += low;
    sum.likely += likely;
    sum.high += high;
  }
  return sum;
}

export function timesOf({ low, likely, high }: Range, factor: number): Range {
  return { low: low * factor, likely: likely * factor, high: high * factor };
}

export function isExact({ low, high }: Range): boolean {
  return low === high;
}
