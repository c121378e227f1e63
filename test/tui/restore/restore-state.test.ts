import { expect, test } from "bun:test";
import type { RestoreEvent, RestorePhase } from "../../../src/core/restore/restore-events.ts";
import {
  kindWork,
  ownWork,
  phaseFraction,
  readFraction,
} from "../../../src/tui/state/restore/restore-progress.ts";
import {
  INITIAL_RESTORE,
  type RestoreState,
  reduceRestore,
} from "../../../src/tui/state/restore/restore-state.ts";
import { PLAN } from "./fixtures/scripted-restore.ts";

function started(sourceItems: number, tableItems: number, segments: number): RestoreEvent {
  const schema: [{ name: string; type: "S" }] = [{ name: "id", type: "S" }];
  const table = { label: "table", name: "local/t", schema, items: tableItems, bytes: tableItems * 100 };
  const source = { job: "restore-table" as const, jobId: "j", source: "./b", mode: "merge" as const };
  return { type: "started", ...source, dryRun: false, table, sourceItems, segments };
}

const phase = (name: RestorePhase): RestoreEvent => ({ type: "phase", phase: name });
const read = (end: "source" | "table", items: number): RestoreEvent => ({ type: "read", end, items });
const begun = (segment: number): RestoreEvent => ({ type: "segment-started", segment });
const done = (segment: number): RestoreEvent => ({ type: "segment-done", segment });
const raced = (id: string): RestoreEvent => ({ type: "raced", key: { id: { S: id } } });
const planned: RestoreEvent = { type: "planned", plan: PLAN, undoFile: "u.ndjson" };
const play = (...events: RestoreEvent[]): RestoreState => events.reduce(reduceRestore, INITIAL_RESTORE);

test("reading counts both ends, as far as they say how many records they hold", () => {
  const both = play(started(1000, 3000, 4), phase("reading"), read("source", 500), read("table", 500));
  expect(phaseFraction(both)).toBe(0.25);
  const unknown = play(started(0, 3000, 4), phase("reading"), read("source", 5000), read("table", 1500));
  expect(phaseFraction(unknown)).toBe(0.5);
  expect(readFraction(unknown, "source")).toBeUndefined();
  expect(readFraction(unknown, "table")).toBe(0.5);
});

test("where counts are missing or exceeded, segments tell how far it is; what goes on is never all done", () => {
  const state = play(started(0, 10, 4), phase("reading"), begun(0), read("table", 50), done(0));
  expect(phaseFraction(state)).toBe(0.25);
  expect(phaseFraction(play(started(0, 10, 1), phase("reading"), read("table", 10)))).toBeLessThan(1);
});

test("writing is measured by the plan; what an earlier run did counts, but not for the time to go", () => {
  const earlier = { create: 600, replace: 0, delete: 0 };
  const state = play(
    started(0, 0, 4),
    planned,
    phase("writing"),
    { type: "resumed", done: earlier },
    { type: "written", kind: "create", items: 150 },
  );
  expect(kindWork(state, "create")).toEqual({ done: 750, total: 1200 });
  expect(phaseFraction(state)).toBe(0.5);
  expect(ownWork(state)).toEqual({ done: 150, total: 900 });
});

test("verifying begins anew", () => {
  const before = [begun(0), read("table", 1000), read("source", 1000), done(0)];
  const state = play(started(1000, 1000, 2), phase("reading"), ...before, phase("verifying"));
  expect(phaseFraction(state)).toBe(0);
  expect(phaseFraction(reduceRestore(state, read("table", 250)))).toBe(0.25);
  expect(state.totals.table.items).toBe(1000);
});

test("verifying single records is measured by the plan", () => {
  const state = play(started(0, 1_000_000, 0), planned, phase("verifying"), read("table", 50_000));
  expect(phaseFraction(state)).toBe(0.25);
});

test("of a million records left alone it remembers the latest, and counts all", () => {
  let state = play(started(0, 0, 0));
  for (let number = 0; number < 10_000; number++) state = reduceRestore(state, raced(`r${number}`));
  expect(state.noticed).toBe(10_000);
  expect(state.totals.raced).toBe(10_000);
  expect(state.notices.length).toBeLessThanOrEqual(100);
  expect(state.notices[0]).toMatchObject({ key: { id: { S: "r9999" } } });
});

test("states don't change, whatever comes later", () => {
  const before = play(started(100, 100, 3), phase("reading"), begun(1), read("table", 5), raced("x"));
  const copy = structuredClone(before);
  [done(1), raced("y"), planned, phase("verifying"), read("source", 1)].reduce(reduceRestore, before);
  expect(before).toEqual(copy);
});
