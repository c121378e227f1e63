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
  /** The table has refused a request, or a part of it, because it came too fast. */
  throttled(): void;
  /** Units a second that may be consumed now; 0 as long as that is not known, Infinity for no limit. */
  readonly rate: number;
}

/** How one table is read and written. */
export interface TablePaces {
  read: Pace;
  write: Pace;
}

export const UNPACED: Pace = {
  ready: async () => {},
  spent: () => {},
  throttled: () => {},
  rate: Number.POSITIVE_INFINITY,
};

/** @param limit capacity units a second, above 0; undefined for no limit */
export function createPace(limit: number | undefined): Pace {
  if (limit === undefined) return UNPACED;
  const booked: number[] = [];
  let paidUntil = 0;
  const pay = (units: number) => {
    paidUntil += (units / limit) * 1000;
  };
  return {
    rate: limit,
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
    // What it was given as a limit is what its user wants; repeating after pauses does the rest.
    throttled() {},
  };
}
