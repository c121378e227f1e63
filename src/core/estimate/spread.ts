import { READ_UNIT_BYTES } from "./parameters.ts";
import type { TableSize } from "./question.ts";
import { between, type Range } from "./range.ts";
import {
  blockUnits,
  fullPageUnits,
  type ScanCost,
  type ScanTerms,
  scanAtMost,
  scanOf,
} from "./scan-pages.ts";

/** A segment has a number of items that lies no further than this from the mean, in standard deviations: one in five hundred million does. */
const FURTHEST = 6;

/**
 * What scanning a table in segments takes, where only its size is known. Items fall into segments by the hash of their partition key: how
 * many are in each is known as a distribution alone. One segment is exact (unless the last item fills a page). Of more, requests are exact where no likely number of items makes
 * another page, and units are known to half a unit for each segment.
 */
export function scanOfTable(
  { items, clustered }: TableSize,
  segments: number,
  terms: ScanTerms,
): { requests: Range; readUnits: Range } {
  if (segments === 1) {
    const [least, most] = [scanOf([items], terms), scanAtMost(items, terms)];
    return {
      requests: between(least.requests, least.requests, most.requests),
      readUnits: between(least.readUnits, least.readUnits, most.readUnits),
    };
  }
  const likely = likelyCost(items, segments, terms);
  const { from, to } = clustered ? { from: 0, to: items } : countsOfSegment(items, segments);
  const { pageItems } = terms;
  const block = blockUnits(terms);
  // However items fall, a segment leaves at most one item less than a page beside its full pages.
  const leastFull = Math.max(
    Math.ceil((items - segments * (pageItems - 1)) / pageItems),
    segments * Math.floor(from / pageItems),
  );
  const mostFull = Math.min(Math.floor(items / pageItems), segments * Math.floor(to / pageItems));
  /** Without what is rounded up at the end of each segment: less than a block, or one for an empty page. */
  const units = (full: number) => {
    const rest = items - full * pageItems;
    return full * fullPageUnits(terms) + (rest * terms.itemBytes * block) / READ_UNIT_BYTES;
  };
  return {
    requests: between(
      Math.max(Math.ceil(items / pageItems), segments * Math.max(1, Math.ceil(from / pageItems))),
      likely.requests,
      mostFull + segments,
    ),
    readUnits: between(
      Math.ceil(units(leastFull) / block) * block,
      likely.readUnits,
      Math.floor(units(mostFull) / block + segments) * block,
    ),
  };
}

function countsOfSegment(
  items: number,
  segments: number,
): { mean: number; deviation: number; from: number; to: number } {
  const mean = items / segments;
  const deviation = Math.sqrt(mean * (1 - 1 / segments));
  return {
    mean,
    deviation,
    from: Math.max(0, Math.floor(mean - FURTHEST * deviation)),
    // Of few items the distribution is wider above than the normal one.
    to: Math.min(items, Math.ceil(mean + FURTHEST * deviation + FURTHEST)),
  };
}

/** More numbers of items than these are not gone through one by one. */
const MOST_COUNTS = 20_000;

/** The mean of all ways in which items fall one by one. */
function likelyCost(items: number, segments: number, terms: ScanTerms): ScanCost {
  const { from, to } = countsOfSegment(items, segments);
  const step = Math.ceil((to - from + 1) / MOST_COUNTS);
  const sum = { weight: 0, requests: 0, readUnits: 0 };
  const weightOf = weights(items, segments);
  for (let count = from; count <= to; count += step) {
    const weight = weightOf(count);
    const { requests, readUnits } = scanOf([count], terms);
    sum.weight += weight;
    sum.requests += weight * requests;
    sum.readUnits += weight * readUnits;
  }
  return {
    requests: (segments * sum.requests) / sum.weight,
    readUnits: (segments * sum.readUnits) / sum.weight,
  };
}

/** Below this mean the binomial distribution is not near to the normal one. */
const SMALL_MEAN = 50;

/** How probable a number of items is in a segment, up to a factor; for few items to be asked in ascending order, from 0 on. */
function weights(items: number, segments: number): (count: number) => number {
  const { mean, deviation } = countsOfSegment(items, segments);
  if (mean >= SMALL_MEAN) return (count) => Math.exp(-(((count - mean) / deviation) ** 2) / 2);
  let at = 0;
  let weight = 1;
  return (count) => {
    for (; at < count; at++) weight *= (items - at) / (at + 1) / (segments - 1);
    return weight;
  };
}
