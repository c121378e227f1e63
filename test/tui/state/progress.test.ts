import { expect, test } from "bun:test";
import type { DiffEvent, Side } from "../../../src/core/diff/diff-events.ts";
import { Eta } from "../../../src/tui/state/eta.ts";
import { sideCounters } from "../../../src/tui/state/frame.ts";
import { Meters } from "../../../src/tui/state/meters.ts";
import { scanFraction, segmentFraction } from "../../../src/tui/state/progress.ts";
import { RateWindow } from "../../../src/tui/state/rate-window.ts";
import { INITIAL_RUN, type RunState, reduceRun } from "../../../src/tui/state/run-state.ts";
import { placesOfBucket } from "../../../src/tui/state/segment-board.ts";
import { SCHEMA } from "../fixtures/records.ts";

function started(
  items: number,
  segments: number,
  chosen = range(segments),
  mode: "check" | "backfill" = "check",
): DiffEvent {
  const side = { label: "table", name: "local/t", schema: SCHEMA, items, bytes: items * 100 };
  const estimate = { readUnits: { primary: 0, replica: 0 }, writeUnits: 0 };
  return {
    type: "started",
    jobId: "1",
    mode,
    dryRun: false,
    primary: side,
    replica: side,
    segments,
    chosen,
    estimate,
  };
}

function scanned(side: "primary" | "replica", segment: number, items: number): DiffEvent {
  return { type: "scanned", side, segment, items };
}

const both = (segment: number, items: number) => [
  scanned("primary", segment, items),
  scanned("replica", segment, items),
];
const done = (segment: number): DiffEvent => ({ type: "segment-done", segment });
const range = (length: number) => Array.from({ length }, (_, index) => index);
const play = (...events: DiffEvent[]): RunState => events.reduce(reduceRun, INITIAL_RUN);

const newMeters = (now: () => number) => new Meters<Side, "items">(["items"], now);
const take = (meters: ReturnType<typeof newMeters>, state: RunState, fraction: number) =>
  meters.read({ counters: sideCounters(state), over: false, fraction });

test("by items while the tables' counts hold", () => {
  expect(scanFraction(play(started(1000, 4), ...both(0, 250)))).toBe(0.25);
  expect(scanFraction(play(started(1000, 4), ...both(0, 250), scanned("primary", 1, 100)))).toBe(0.3);
});

test("a share of the segments is a share of the items", () => {
  expect(scanFraction(play(started(1000, 10, [3, 7]), ...both(3, 100)))).toBe(0.5);
});

test("a backfill reads the primary only", () => {
  expect(scanFraction(play(started(1000, 1, [0], "backfill"), scanned("primary", 0, 500)))).toBe(0.5);
});

test("by segments when the counts are unknown or exceeded", () => {
  expect(scanFraction(play(started(0, 4), ...both(0, 500), done(0)))).toBe(0.25);
  // The table has grown to ten times what the service counted.
  expect(scanFraction(play(started(100, 4), ...both(0, 1000), done(0)))).toBe(0.25);
});

test("all segments done is all done, nothing known is nothing", () => {
  expect(scanFraction(INITIAL_RUN)).toBe(0);
  expect(scanFraction(play(started(1000, 2), done(0), done(1)))).toBe(1);
  expect(scanFraction(play(started(1000, 0, [])))).toBe(0);
});

test("a segment that goes on is never drawn as done", () => {
  const state = play(started(100, 1), ...both(0, 1e6));
  expect(segmentFraction(state, state.board.active.get(0)!)).toBeLessThan(1);
});

test("states don't change, whatever comes later", () => {
  const before = play(started(100, 3), { type: "segment-started", segment: 1 });
  const copy = structuredClone(before);
  reduceRun(reduceRun(before, done(1)), scanned("primary", 2, 5));
  expect(before).toEqual(copy);
});

test("a million segments are as cheap as ten", () => {
  let state = play(started(1e9, 1_000_000));
  for (const segment of range(5000)) {
    state = reduceRun(
      reduceRun(state, { type: "segment-started", segment: segment * 200 }),
      done(segment * 200),
    );
  }
  const { board } = state;
  expect(board.doneInBucket.length).toBeLessThanOrEqual(4096);
  expect(board.doneInBucket.reduce((sum, count) => sum + count)).toBe(5000);
  expect(board.active.size).toBe(0);
});

test("buckets cover every chosen segment once", () => {
  for (const segments of [1, 7, 2048, 2049, 5000]) {
    const { board } = play(started(1, segments));
    const places = range(board.doneInBucket.length).flatMap((bucket) => {
      const [from, to] = placesOfBucket(board, bucket);
      return range(to - from).map((offset) => from + offset);
    });
    expect(places).toEqual(range(segments));
  }
});

test("the time to go converges, counts down and is never odd", () => {
  const eta = new Eta();
  const shown: (number | undefined)[] = [];
  for (let at = 0; at <= 50_000; at += 100) shown.push(eta.update(at, at / 100_000));
  expect(shown[0]).toBeUndefined();
  const last = shown.at(-1)!;
  expect(Math.abs(last - 50_000)).toBeLessThan(2_000);
  for (const [index, value] of shown.entries()) {
    if (value === undefined) continue;
    expect(value).toBeGreaterThanOrEqual(0);
    const before = shown[index - 1];
    if (before !== undefined) expect(Math.abs(before - value)).toBeLessThan(2_000);
  }
});

test("no time to go while nothing moves", () => {
  const eta = new Eta();
  for (let at = 0; at < 60_000; at += 500) expect(eta.update(at, 0.4)).toBeUndefined();
});

test("the time to go follows a total that is corrected, without an odd moment", () => {
  const eta = new Eta();
  const shown = (from: number, to: number, total: number) => {
    let last: number | undefined;
    for (let at = from; at < to; at += 100) last = eta.update(at, at, total);
    return last!;
  };
  expect(Math.abs(shown(0, 10_000, 40_000) - 30_000)).toBeLessThan(1_000);
  expect(Math.abs(shown(10_000, 25_000, 80_000) - 55_000)).toBeLessThan(2_000);
});

test("counted in another unit from now on, the time to go starts anew", () => {
  const eta = new Eta();
  for (let at = 0; at <= 5_000; at += 100) eta.update(at, at, 6_000);
  expect(eta.update(5_100, 0.5)).toBeUndefined();
  for (let at = 5_200; at <= 10_000; at += 100) eta.update(at, 0.5 + (at - 5_100) / 50_000);
  expect(Math.abs(eta.update(10_100, 0.6)! - 20_000)).toBeLessThan(1_000);
});

test("rates are of the last seconds, and never of no time", () => {
  const rates = new RateWindow<"items">();
  expect(rates.rate("items")).toBe(0);
  rates.add(0, { items: 0 });
  rates.add(0, { items: 50 });
  expect(rates.rate("items")).toBe(0);
  for (let at = 1000; at <= 20_000; at += 1000) rates.add(at, { items: Math.min(at, 10_000) });
  expect(rates.rate("items")).toBe(0);
  rates.add(21_000, { items: 15_000 });
  expect(rates.rate("items")).toBe(1000);
});

test("paused, the clock and the time to go stand still and rates are none", () => {
  let now = 0;
  const meters = newMeters(() => now);
  meters.restart();
  const read = () => {
    const fraction = meters.elapsed / 20_000;
    return take(meters, play(started(1000, 1), scanned("primary", 0, meters.elapsed / 10)), fraction);
  };
  for (; now < 10_000; now += 100) read();
  const running = read();
  expect(running.rates.primary.items).toBeCloseTo(100);
  meters.pause();
  now += 3_600_000;
  const paused = read();
  expect(paused).toMatchObject({ elapsed: running.elapsed, eta: running.eta!, fraction: running.fraction });
  expect(paused.rates.primary.items).toBe(0);
  meters.resume();
  now += 100;
  expect(read().rates.primary.items).toBeCloseTo(100);
  expect(read().elapsed).toBe(10_100);
});

test("progress never goes back", () => {
  const meters = newMeters(() => 0);
  expect(take(meters, INITIAL_RUN, 0.7).fraction).toBe(0.7);
  expect(take(meters, INITIAL_RUN, 0.2).fraction).toBe(0.7);
  meters.restart();
  expect(take(meters, INITIAL_RUN, 0.2).fraction).toBe(0.2);
});
