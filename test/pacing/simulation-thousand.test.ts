import { expect, test } from "bun:test";
import { Fleet, minutes } from "./model/fleet.ts";
import { PartitionedTable } from "./model/partitioned-table.ts";

const WORKERS = 1_000;
const LIMIT = 100_000;
const SECONDS = 200;
/** All have begun by then. */
const BEGUN = 60;
/** And taken up their shares by then. */
const SETTLED = 90;

/** A thousand workers that begin within a minute; each dies and comes again, and freezes now and then. */
function restlessFleet(seed: number): Fleet {
  const fleet = new Fleet({ seed, workers: WORKERS, limit: LIMIT, table: new PartitionedTable(60) });
  const { chance } = fleet;
  const live = (index: number, from: number) => {
    fleet.startAt(from, index);
    const end = from + chance.exponential(900);
    let frozen = from + chance.exponential(600);
    for (; frozen < Math.min(end, SECONDS); frozen += 30 + chance.exponential(600)) {
      fleet.freezeAt(frozen, index, 1 + chance.share() * 29);
    }
    if (end > SECONDS) return;
    fleet.killAt(end, index);
    live(index, end + chance.between(5, 30));
  };
  for (let index = 0; index < WORKERS; index++) {
    // A tenth can't use what is theirs.
    if (index % 10 === 0) fleet.workers[index]!.demand = 30;
    live(index, chance.share() * BEGUN);
  }
  return fleet;
}

test("a thousand workers that start, die, freeze and return keep to the limit over any minute, and none starves", () => {
  const fleet = restlessFleet(20_261_123);
  const fair = LIMIT / WORKERS;
  let [watched, least] = [0, Number.POSITIVE_INFINITY];
  fleet.runTo(SECONDS, (second) => {
    for (const [index, own] of fleet.consumedBy.entries()) {
      const undisturbed = fleet.undisturbedSince[index]! + 30 <= second - 60 && second - 60 >= SETTLED;
      if (!undisturbed || Number.isFinite(fleet.workers[index]!.demand)) continue;
      let units = 0;
      for (let at = second - 59; at <= second; at++) units += own[at] ?? 0;
      watched++;
      least = Math.min(least, units / 60);
    }
  });
  expect(Math.max(...minutes(fleet.consumed))).toBeLessThan(LIMIT * 1.05);
  expect(Math.min(...minutes(fleet.consumed, SETTLED))).toBeGreaterThan(LIMIT * 0.95);
  expect(watched).toBeGreaterThan(5_000);
  expect(least).toBeGreaterThan(fair * 0.7);
}, 240_000);
