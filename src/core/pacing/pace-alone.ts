import { createPace, type Pace } from "../table/pace.ts";
import { costOf, Purse } from "./purse.ts";
import type { Sight } from "./roster.ts";
import type { RunLimits, RunPacing } from "./run-pacing.ts";

const NOBODY_ELSE: Sight = { alive: 0, charged: 0, meters: new Map() };

/** The pacing of a run that is in one process. */
export function paceAlone({ limits, budget, prices }: RunLimits): RunPacing {
  const spent = new AbortController();
  const purse = new Purse(budget);

  const pay = (cost: number) => {
    try {
      // There is nobody to be told of what is set aside before it may be spent.
      while (!purse.pay(cost)) purse.grant(purse.charge(NOBODY_ELSE));
    } catch (error) {
      // All stop with it, as if they had been told to.
      spent.abort(error);
      throw error;
    }
  };
  const paid = (pace: Pace, price: number): Pace => {
    if (budget === undefined) return pace;
    const booked: number[] = [];
    return {
      get rate() {
        return pace.rate;
      },
      async ready(expectedUnits, signal) {
        await pace.ready(expectedUnits, signal);
        const cost = costOf(expectedUnits, price);
        pay(cost);
        booked.push(cost);
      },
      spent(units) {
        pace.spent(units);
        purse.settle(booked.shift() ?? 0, costOf(units, price));
      },
      throttled: () => pace.throttled(),
    };
  };

  return {
    paces(table) {
      const { read, write } = limits[table]!;
      return { read: paid(createPace(read), prices.read), write: paid(createPace(write), prices.write) };
    },
    spent: spent.signal,
  };
}
