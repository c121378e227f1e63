import { expect, test } from "bun:test";
import type { TransferEvent, TransferJob } from "../../../src/core/transfer/transfer-events.ts";
import { ownWork, segmentDone, transferFraction } from "../../../src/tui/state/transfer/transfer-progress.ts";
import {
  INITIAL_TRANSFER,
  reduceTransfer,
  type TransferState,
} from "../../../src/tui/state/transfer/transfer-state.ts";

const range = (length: number) => Array.from({ length }, (_, index) => index);

function started(items: number, segments: number, job: TransferJob = "backup"): TransferEvent {
  return {
    type: "started",
    job,
    jobId: "j",
    source: "local/t",
    destination: "file:///b",
    segments,
    chosen: range(segments),
    estimate: { items, bytes: items * 100, readUnits: items },
  };
}

const begun = (segment: number): TransferEvent => ({ type: "segment-started", segment });
const done = (segment: number): TransferEvent => ({ type: "segment-done", segment });
const read = (segment: number, items: number): TransferEvent => ({ type: "read", segment, items });
const kept = (segment: number, items: number): TransferEvent => ({ type: "kept", segment, items });
const written = (segment: number, items: number): TransferEvent => ({
  type: "written",
  segment,
  items,
  rawBytes: items * 100,
  storedBytes: items * 20,
});
const segmentKept = (segment: number, items: number): TransferEvent => ({
  type: "segment-kept",
  segment,
  items,
  rawBytes: items * 100,
  storedBytes: items * 20,
});
const foreign = (object: string): TransferEvent => ({ type: "foreign", object, reason: "no id" });
const play = (...events: TransferEvent[]): TransferState => events.reduce(reduceTransfer, INITIAL_TRANSFER);

test("by items while the count holds: what is written or kept, not what is read", () => {
  expect(transferFraction(play(started(1000, 4), begun(0), read(0, 900), written(0, 200), kept(0, 50)))).toBe(
    0.25,
  );
});

test("by segments when the count is unknown or exceeded", () => {
  expect(transferFraction(play(started(0, 4), begun(0), written(0, 500), done(0)))).toBe(0.25);
  expect(transferFraction(play(started(100, 4), begun(0), written(0, 1000), done(0)))).toBe(0.25);
});

test("the count may be corrected during the run", () => {
  const listing = play(started(0, 1, "snapshot"), begun(0), written(0, 100));
  expect(transferFraction(listing)).toBe(0);
  expect(transferFraction(reduceTransfer(listing, { type: "estimated", items: 400 }))).toBe(0.25);
});

test("what an earlier run did counts as done, but not for the time to go", () => {
  const state = play(started(1000, 4), segmentKept(0, 250), segmentKept(1, 250), begun(2), written(2, 100));
  expect(transferFraction(state)).toBe(0.6);
  expect(ownWork(state)).toMatchObject({ done: 100, total: 500 });
  expect(state.totals.segmentsKept).toBe(2);
  expect(state.earlierItems).toBe(500);

  const uncounted = play(started(0, 4), segmentKept(0, 250), begun(1), done(1));
  expect(transferFraction(uncounted)).toBe(0.5);
  expect(ownWork(uncounted)).toMatchObject({ done: 1, total: 3 });
});

test("nothing known is nothing done; all segments done is all done", () => {
  expect(transferFraction(INITIAL_TRANSFER)).toBe(0);
  expect(transferFraction(play(started(1000, 0)))).toBe(0);
  expect(transferFraction(play(started(1000, 2), done(0), done(1)))).toBe(1);
});

test("each segment keeps what was done in it, also when it has ended", () => {
  const state = play(started(1000, 4), begun(0), read(0, 9), written(0, 5), kept(0, 4), begun(1), done(0));
  const work = { read: 9, written: 5, kept: 4, rawBytes: 500, storedBytes: 100 };
  expect(state.ended).toEqual([{ segment: 0, end: "done", work }]);
  expect([...state.board.active.keys()]).toEqual([1]);
  expect(segmentDone(state, work)).toBe(9 / 250);
});

test("a segment that is given up is no longer at work, nor done", () => {
  const failed = { type: "undone", undone: { segment: 1, reason: "AccessDenied" } } as const;
  const state = play(started(1000, 4), begun(1), written(1, 5), failed);
  expect(state.board).toMatchObject({ done: 0, active: new Map() });
  expect(state.ended[0]).toMatchObject({ segment: 1, end: "undone", work: { written: 5 } });
  expect(state.segmentsUndone).toBe(1);
});

test("what is taken back from a file that does not become whole is nobody's work", () => {
  const state = play(started(1000, 4), begun(1), read(1, 9), written(1, 9), written(1, -9));
  expect(state.totals).toMatchObject({ read: 9, written: 0, rawBytes: 0, storedBytes: 0 });
  expect(state.board.active.get(1)).toMatchObject({ read: 9, written: 0 });
  expect(transferFraction(state)).toBe(0);
});

test("a record that could not be done leaves its segment at work", () => {
  const undone = { key: { id: { S: "a" } }, segment: 1, reason: "AccessDenied" };
  const state = play(started(1000, 4), begun(1), { type: "undone", undone });
  expect(state.board.active.has(1)).toBe(true);
  expect(state.segmentsUndone).toBe(0);
});

test("of a million objects passed over it remembers the latest, and counts all", () => {
  let state = play(started(1000, 1, "snapshot"));
  for (const number of range(10_000)) state = reduceTransfer(state, foreign(`o${number}`));
  expect(state.totals.foreign).toBe(10_000);
  expect(state.notices.length).toBeLessThanOrEqual(100);
  expect(state.notices[0]).toMatchObject({ object: "o9999" });
});

test("states don't change, whatever comes later", () => {
  const before = play(started(100, 3), begun(1), written(1, 5), foreign("x"));
  const copy = structuredClone(before);
  [done(1), foreign("y"), segmentKept(0, 5), written(2, 1)].reduce(reduceTransfer, before);
  expect(before).toEqual(copy);
});
