import { describe, expect, test } from "bun:test";
import { Fleet, minutes } from "./model/fleet.ts";
import { PartitionedTable } from "./model/partitioned-table.ts";

const SEED = 7;

function fleetOf(workers: number, limit: number, table = new PartitionedTable(60)): Fleet {
  return new Fleet({ seed: SEED, workers, limit, table });
}

function startAll(fleet: Fleet, count = fleet.workers.length): void {
  for (let index = 0; index < count; index++) fleet.startAt(fleet.chance.share(), index);
}

/** Units a second on average between these seconds. */
function average(consumed: readonly (number | undefined)[], from: number, to: number): number {
  let sum = 0;
  for (let second = from; second < to; second++) sum += consumed[second] ?? 0;
  return sum / (to - from);
}

/** Units a second on average over as many seconds, at most. */
function mostWithin(consumed: readonly number[], seconds: number, from: number): number {
  const starts = Array.from({ length: consumed.length - seconds - from }, (_, index) => from + index);
  return Math.max(...starts.map((start) => average(consumed, start, start + seconds)));
}

function expectAroundLimit(fleet: Fleet, limit: number, settled: number): void {
  expect(Math.max(...minutes(fleet.consumed))).toBeLessThan(limit * 1.05);
  expect(Math.min(...minutes(fleet.consumed, settled))).toBeGreaterThan(limit * 0.95);
}

describe("the limit holds over any minute", () => {
  test.each([1, 2, 3, 8, 64])("with %i workers that begin together", (workers) => {
    const fleet = fleetOf(workers, 4_000);
    startAll(fleet);
    fleet.runTo(300);
    expectAroundLimit(fleet, 4_000, 30);
    for (const own of fleet.consumedBy)
      expect(average(own, 60, 300)).toBeGreaterThan((4_000 / workers) * 0.9);
  });

  test("with workers that come one after the other", () => {
    const fleet = fleetOf(40, 8_000);
    for (let index = 0; index < 40; index++) fleet.startAt(index * 2, index);
    fleet.runTo(300);
    expectAroundLimit(fleet, 8_000, 90);
  });

  test("when an eighth of the workers die at once", () => {
    const fleet = fleetOf(200, 20_000);
    startAll(fleet);
    for (let index = 0; index < 25; index++) fleet.killAt(150, index);
    fleet.runTo(300);
    expectAroundLimit(fleet, 20_000, 30);
    expect(average(fleet.consumed, 170, 300)).toBeGreaterThan(20_000 * 0.97);
  });

  test("when half as many workers again come at once", () => {
    const fleet = fleetOf(240, 20_000);
    startAll(fleet, 160);
    for (let index = 160; index < 240; index++) fleet.startAt(150, index);
    fleet.runTo(300);
    expectAroundLimit(fleet, 20_000, 30);
    for (const own of fleet.consumedBy) expect(average(own, 180, 300)).toBeGreaterThan((20_000 / 240) * 0.9);
  });

  test("when an eighth freeze, for less than their lease and for longer, and return", () => {
    const fleet = fleetOf(200, 20_000);
    startAll(fleet);
    for (let index = 0; index < 25; index++) fleet.freezeAt(150, index, 3 + index * 2);
    fleet.runTo(300);
    expectAroundLimit(fleet, 20_000, 30);
    for (const own of fleet.consumedBy) expect(average(own, 230, 300)).toBeGreaterThan(100 * 0.8);
  });

  test("when half of the workers freeze, and all return at the same moment", () => {
    const fleet = fleetOf(100, 20_000);
    startAll(fleet);
    for (let index = 0; index < 50; index++) fleet.freezeAt(150, index, 30);
    fleet.runTo(300);
    expect(mostWithin(fleet.consumed, 5, 60)).toBeLessThan(20_000 * 1.12);
    expect(Math.min(...minutes(fleet.consumed, 195))).toBeGreaterThan(20_000 * 0.95);
  });

  test("when half of the workers leave: nobody waits for them", () => {
    const fleet = fleetOf(100, 20_000);
    startAll(fleet);
    fleet.at(150, () => {
      for (const worker of fleet.workers.slice(0, 50)) worker.leave(150_000);
    });
    fleet.runTo(300);
    expectAroundLimit(fleet, 20_000, 30);
    expect(average(fleet.consumed, 157, 160)).toBeGreaterThan(20_000 * 0.95);
  });

  test("when half of the workers fall idle, and when they come back", () => {
    const fleet = fleetOf(100, 20_000);
    startAll(fleet);
    const demand = (units: number) => () => {
      for (const worker of fleet.workers.slice(0, 50)) worker.demand = units;
    };
    fleet.at(120, demand(5));
    fleet.at(240, demand(Number.POSITIVE_INFINITY));
    fleet.runTo(360);
    expect(Math.max(...minutes(fleet.consumed))).toBeLessThan(20_000 * 1.05);
    expect(mostWithin(fleet.consumed, 5, 60)).toBeLessThan(20_000 * 1.12);
    // What they leave is taken by the others.
    expect(average(fleet.consumed, 145, 240)).toBeGreaterThan(20_000 * 0.95);
    for (const own of fleet.consumedBy) expect(average(own, 270, 360)).toBeGreaterThan(200 * 0.85);
  });
});

test("who no longer reaches the others stops, and the rest take over what was its own", () => {
  const fleet = fleetOf(4, 4_000);
  startAll(fleet);
  fleet.at(100, () => {
    fleet.workers[0]!.cutOff = true;
  });
  fleet.runTo(240);
  expect(average(fleet.consumedBy[0]!, 50, 100)).toBeGreaterThan(900);
  expect(average(fleet.consumedBy[0]!, 116, 240)).toBe(0);
  expect(Math.max(...minutes(fleet.consumed))).toBeLessThan(4_000 * 1.05);
  expect(average(fleet.consumed, 125, 240)).toBeGreaterThan(4_000 * 0.95);
});

test("after a minute of throttling all are back within seconds, and none has starved", () => {
  const table = new PartitionedTable(60, 0);
  const fleet = fleetOf(200, 40_000, table);
  startAll(fleet);
  const weakened = 0.1;
  fleet.at(120, () => table.weaken(weakened));
  fleet.runTo(130);
  Object.assign(table.answered, { granted: 0, throttled: 0 });
  fleet.runTo(180);
  const { granted, throttled } = table.answered;
  // It isn't asked again and again for what it hasn't got.
  expect(throttled).toBeLessThan(granted * 0.3);
  table.weaken(1);
  fleet.runTo(300);
  const capacity = 60 * 3_000 * weakened;
  // What the table has left is used, by everybody.
  expect(average(fleet.consumed, 130, 180)).toBeGreaterThan(capacity * 0.8);
  for (const own of fleet.consumedBy) expect(average(own, 130, 180)).toBeGreaterThan((capacity / 200) * 0.3);
  expect(average(fleet.consumed, 190, 200)).toBeGreaterThan(40_000 * 0.95);
  expect(Math.max(...minutes(fleet.consumed))).toBeLessThan(40_000 * 1.05);
  expect(Math.min(...minutes(fleet.consumed, 190))).toBeGreaterThan(40_000 * 0.95);
});

test("what a hot partition does not give is taken from others", () => {
  const table = new PartitionedTable(60, 0);
  const fleet = fleetOf(100, 20_000, table);
  // Their shares come to 6,000 units: twice what the partition has.
  for (const worker of fleet.workers.slice(0, 30)) worker.partition = 0;
  startAll(fleet);
  fleet.runTo(300);
  expect(Math.max(...minutes(fleet.consumed))).toBeLessThan(20_000 * 1.05);
  expect(average(fleet.consumed, 120, 300)).toBeGreaterThan(20_000 * 0.95);
  for (const own of fleet.consumedBy.slice(0, 30)) expect(average(own, 60, 300)).toBeGreaterThan(25);
});
