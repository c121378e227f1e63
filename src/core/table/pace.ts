import { setTimeout as sleep } from "node:timers/promises";

/**
 * Holds consumption to a number of capacity units a second. What a request costs is known only from its answer: it
 * books what it is expected to cost, so that many at once don't come in one burst, and the difference is settled afterwards.
 */
export interface Pace {
  /** Books units, and resolves when their turn has come. */
  ready(expectedUnits: number, signal?: AbortSignal): Promise<void>;
  /** Settles the oldest booking. */
  spent(units: number): void;
  /** Units a second, or Infinity. */
  readonly limit: number;
}

export const UNPACED: Pace = { ready: async () => {}, spent: () => {}, limit: Number.POSITIVE_INFINITY };

/** @param limit capacity units a second, above 0; undefined for no limit */
export function createPace(limit: number | undefined): Pace {
  if (limit === undefined) return UNPACED;
  const booked: number[] = [];
  let paidUntil = 0;
  const pay = (units: number) => {
    paidUntil += (units / limit) * 1000;
  };
  return {
    limit,
    async ready(expectedUnits, signal) {
      const now = performance.now();
      paidUntil = Math.max(paidUntil, now);
      const wait = paidUntil - now;
      booked.push(expectedUnits);
      pay(expectedUnits);
      if (wait > 0) await sleep(wait, undefined, { signal });
    },
    spent(units) {
      pay(units - (booked.shift() ?? 0));
    },
  };
}
