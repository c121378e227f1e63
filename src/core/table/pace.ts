import { setTimeout as sleep } from "node:timers/promises";

/**
 * Holds consumption to a number of capacity units a second. What a request costs is known only from its
 * answer, so units are paid afterwards: `ready` waits until earlier requests are paid for.
 */
export interface Pace {
  ready(signal?: AbortSignal): Promise<void>;
  spent(units: number): void;
  /** Units a second, or Infinity. */
  readonly limit: number;
}

export const UNPACED: Pace = { ready: async () => {}, spent: () => {}, limit: Number.POSITIVE_INFINITY };

/** @param limit capacity units a second, above 0; undefined for no limit */
export function createPace(limit: number | undefined): Pace {
  if (limit === undefined) return UNPACED;
  let paidUntil = 0;
  return {
    limit,
    async ready(signal) {
      // Others may spend while this one sleeps, so look again on waking.
      for (let wait = paidUntil - performance.now(); wait > 0; wait = paidUntil - performance.now()) {
        await sleep(wait, undefined, { signal });
      }
    },
    spent(units) {
      paidUntil = Math.max(paidUntil, performance.now()) + (units / limit) * 1000;
    },
  };
}
