import { describe, expect, test } from "bun:test";
import { replayBatch } from "../../src/core/stream/replay-batch.ts";
import { compareSequences } from "../../src/core/stream/sequence.ts";
import { readStreamRecord, type StreamRecord } from "../../src/core/stream/stream-record.ts";
import type { StreamTarget } from "../../src/core/stream/stream-target.ts";
import { WrittenBefore } from "../../src/core/stream/written-before.ts";
import { placeOf, put, recordOf, sequenceOf } from "../lambda/events.ts";

const NEVER = new AbortController().signal;
const record = (id: string, n: number) => readStreamRecord(recordOf(put(id, n))) as StreamRecord;

/** A target that notes what it is given. */
function noting(): StreamTarget & { given: number[] } {
  const given: number[] = [];
  return {
    given,
    async replay(records, _signal, written) {
      given.push(...records.map(({ sequence }) => placeOf(sequence)));
      for (const record of records) written?.(record);
      return { superseded: [], failed: [], left: [] };
    },
    settled: async () => {},
    close() {},
  };
}

test("sequence numbers are compared as numbers", () => {
  const ascending = ["0", "9", "10", "0099", "100", "1".repeat(39), "2".repeat(39), "1".repeat(40)];
  const mixed = [...ascending.slice(3).reverse(), ...ascending.slice(0, 3)];
  expect(mixed.sort(compareSequences)).toEqual(ascending);
  expect(compareSequences("000123", "123")).toBe(0);
});

test("each record comes once, in order, whatever order the batch has", async () => {
  const target = noting();
  const batch = [60, 3, 49, 3, 50, 60, 4].map((n) => record(`key-${n % 2}`, n));
  const done = await replayBatch(batch, { target, before: new WrittenBefore() }, NEVER);
  expect(target.given).toEqual([3, 4, 49, 50, 60]);
  expect(done).toMatchObject({ written: 5, repeated: 2, again: [] });
});

test("what makes no sense is to come again with what was not done, the lowest first", async () => {
  const target: StreamTarget = {
    ...noting(),
    async replay([first, ...rest], _signal, written) {
      written?.(first!);
      return { superseded: [], failed: [], left: rest };
    },
  };
  const poison = { sequence: sequenceOf(48), problem: "it makes no sense" };
  const batch = [record("a", 47), poison, record("b", 100), record("c", 51)];
  const before = new WrittenBefore();
  const { again } = await replayBatch(batch, { target, before }, NEVER);
  expect(again.map(placeOf)).toEqual([48, 51, 100]);
  expect([47, 51].map((n) => before.has(record(n === 47 ? "a" : "c", n)))).toEqual([true, false]);
});

describe("what was written before", () => {
  test("is known of each key, up to the newest", () => {
    const before = new WrittenBefore();
    before.add(record("a", 49));
    before.add(record("a", 55));
    expect([1, 49, 55, 56].map((n) => before.has(record("a", n)))).toEqual([true, true, true, false]);
    expect(before.has(record("b", 1))).toBe(false);
  });

  test("is forgotten of the keys that were written longest ago, so that memory does not grow", () => {
    const before = new WrittenBefore();
    const one = record("a", 1);
    const add = (id: string) => before.add({ ...one, id });
    add("kept");
    for (let n = 0; n < 19_999; n++) add(`${n}`);
    add("kept");
    add("one more");
    const known = ["kept", "one more", "1", "0"].map((id) => before.has({ ...one, id }));
    expect(known).toEqual([true, true, true, false]);
  });
});
