import { expect, test } from "bun:test";
import { Fleet, PRICE } from "./model/fleet.ts";
import { PartitionedTable } from "./model/partitioned-table.ts";

function dollarsOf(fleet: Fleet): number {
  return (fleet.consumed.reduce((sum, units) => sum + units, 0) * PRICE) / 1_000_000;
}

test.each([
  ["under a limit", 20_000, 0.4],
  ["without a limit", Number.POSITIVE_INFINITY, 0.4],
  ["that lasts some seconds only", 20_000, 0.03],
])("a budget %s is used up and not exceeded", (_, limit, budget) => {
  const fleet = new Fleet({ seed: 11, workers: 30, limit, table: new PartitionedTable(20), budget });
  for (let index = 0; index < 30; index++) fleet.startAt(fleet.chance.share() * 20, index);
  fleet.runTo(400);
  expect(dollarsOf(fleet)).toBeLessThanOrEqual(budget);
  expect(dollarsOf(fleet)).toBeGreaterThan(budget * 0.95);
  for (const { stopReason } of fleet.workers)
    expect(stopReason).toBe(`the run's budget of $${budget.toFixed(2)} is spent`);
});

test("a budget is not exceeded by workers that are killed and come again", () => {
  const fleet = new Fleet({
    seed: 12,
    workers: 30,
    limit: 20_000,
    table: new PartitionedTable(20),
    budget: 0.5,
  });
  for (let index = 0; index < 30; index++) fleet.startAt(fleet.chance.share(), index);
  for (let kill = 0; kill < 50; kill++) {
    const [second, index] = [20 + fleet.chance.between(0, 120), fleet.chance.between(0, 29)];
    fleet.killAt(second, index);
    fleet.startAt(second + fleet.chance.between(1, 10), index);
  }
  fleet.runTo(600);
  expect(dollarsOf(fleet)).toBeLessThanOrEqual(0.5);
  expect(dollarsOf(fleet)).toBeGreaterThan(0.45);
  expect(fleet.workers.filter(({ running }) => running)).toEqual([]);
});
