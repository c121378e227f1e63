/** What the whole run had consumed, as seen at a moment. */
export interface Sample {
  /** Milliseconds, by the own clock. */
  at: number;
  units: number;
}

/** Over so much time the run is measured: long against what single heartbeats are late by. */
const WINDOW_MS = 30_000;
const SHORTEST_MS = 20_000;
/** How long it takes to make up for an error of the same size: sooner where too much is consumed. */
const MISSING_MS = 60_000;
const EXCESS_MS = 30_000;
/** More of an error than this at once is a beginning or an end, which passes by itself. */
const LARGEST_ERROR = 0.05;
const LEAST = 0.8;
const MOST = 1.1;
/** When more of the workers than this are throttled, it may be the table that holds the run below its limit: then this is the most. */
const THROTTLED_PART = 0.1;
const MOST_THROTTLED = 1.03;

export interface Measured {
  samples: readonly Sample[];
  /** Units a second of the whole run. */
  limit: number;
  /** Whether the workers together want that much. */
  sought: boolean;
  /** The part of the workers that the table throttles, 0 to 1. */
  throttledPart: number;
}

/**
 * By what the limit is multiplied before it is shared, so that the run as a whole meets it: workers that have died or
 * are about to begin hold shares that nobody consumes, and some requests cost more than expected.
 * @param before the factor until now @param elapsedMs since it was made
 */
export function corrected(before: number, elapsedMs: number, measured: Measured): number {
  const missing = missingPart(measured);
  const step = elapsedMs / (missing > 0 ? MISSING_MS : EXCESS_MS);
  if (missing > 0 && !measured.sought) return before + (1 - before) * Math.min(1, step);
  const most = measured.throttledPart > THROTTLED_PART ? Math.max(before, MOST_THROTTLED) : MOST;
  return Math.min(most, Math.max(LEAST, before + missing * step));
}

/** The samples that count, with a new one. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  const firstWithin = samples.findIndex(({ at }) => at > sample.at - WINDOW_MS);
  // The one before reaches back over the whole window.
  const kept = firstWithin < 0 ? samples.slice(-1) : samples.slice(Math.max(0, firstWithin - 1));
  return [...kept, sample];
}

function missingPart({ samples, limit }: Measured): number {
  const [first, last] = [samples.at(0), samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < SHORTEST_MS) return 0;
  const units = ((last.at - first.at) / 1000) * limit;
  const missing = 1 - (last.units - first.units) / units;
  return Math.min(LARGEST_ERROR, Math.max(-LARGEST_ERROR, missing));
}
