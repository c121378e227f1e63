/** What others want of a limit, units a second. */
export interface Demand {
  /** Of those who want no more than this. */
  bounded: readonly number[];
  /** How many want all they can get. */
  unbounded: number;
}

/**
 * A worker's share of a limit: all get the same, what some don't want goes to those who want more, and what nobody wants to
 * all alike. Everybody who knows the same demand comes to shares that add up to the limit.
 * @param limit units a second of the whole run
 * @param own what this worker wants; 0 for one that may not begin yet
 */
export function shareOf(limit: number, { bounded, unbounded }: Demand, own: number): number {
  if (own === 0) return 0;
  const finite = Number.isFinite(own);
  const wants = (finite ? [...bounded, own] : [...bounded]).sort((a, b) => a - b);
  let left = limit;
  let count = wants.length + unbounded + (finite ? 0 : 1);
  for (const want of wants) {
    if (want > left / count) break;
    left -= want;
    count--;
  }
  return count === 0 ? own + left / wants.length : Math.min(own, left / count);
}

/** Whether all together want at least the limit. */
export function isSought(limit: number, { bounded, unbounded }: Demand, own: number): boolean {
  if (unbounded > 0 || !Number.isFinite(own)) return true;
  return bounded.reduce((sum, want) => sum + want, own) >= limit;
}

export interface Use {
  /** Units a second since the heartbeat before. */
  used: number;
  /** The part of that time in which the limit made it wait, 0 to 1. */
  held: number;
  /** In how many heartbeats the table has throttled it, one after the other or nearly so. */
  throttledBeats: number;
  /** The part of the others that the table throttles too, 0 to 1. */
  throttledPart: number;
  /** What it would get if all got the same. */
  equalShare: number;
}

/** Held back for so much of the time, a worker could do with more. */
const HELD = 0.25;
/** After so many it is not a passing matter: others can use what this one can't, */
const THROTTLED_BEATS = 4;
/** unless more of them than this are throttled too. */
const THROTTLED_PART = 0.5;
const HEADROOM = 1.25;
const THROTTLED_HEADROOM = 1.1;
/** Also an idle worker keeps this part of an equal share, to begin again with. */
const IDLE_PART = 0.05;

/** What a worker wants, units a second, by what it did with what it had. */
export function wantedBy({ used, held, throttledBeats, throttledPart, equalShare }: Use): number {
  const least = equalShare * IDLE_PART;
  const passing = throttledBeats < THROTTLED_BEATS || throttledPart > THROTTLED_PART;
  const couldUseMore = throttledBeats > 0 ? passing : held > HELD;
  if (couldUseMore) return Number.POSITIVE_INFINITY;
  return Math.max(used * (throttledBeats > 0 ? THROTTLED_HEADROOM : HEADROOM), least);
}
