import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { chooseSegments, segmentsForSize } from "../../src/core/segments.ts";
import type { Table } from "../../src/core/table/table.ts";
import { driftingOrders, driftLines } from "../helpers/orders.ts";
import { runDiff } from "../helpers/run-diff.ts";
import { shuffled } from "../helpers/shuffled.ts";
import { createTable, type TestTable } from "../helpers/table.ts";

describe("which segments are done", () => {
  test("one, where one is asked for", () => expect(chooseSegments(10, 3, undefined)).toEqual([3]));
  test("all of them otherwise", () => expect(chooseSegments(3, undefined, undefined)).toEqual([0, 1, 2]));
  test("a share, each once, and at least one", () => {
    const chosen = chooseSegments(40, undefined, 0.25);
    expect(new Set(chosen).size).toBe(10);
    expect(chosen.every((segment) => segment >= 0 && segment < 40)).toBe(true);
    expect(chooseSegments(8, undefined, 0.001).length).toBe(1);
  });
  test("more for larger tables, within bounds", () => {
    expect(segmentsForSize(0)).toBe(8);
    expect(segmentsForSize(2 ** 40)).toBe(10_000);
    expect(segmentsForSize(2 ** 33)).toBe(128);
  });
});

describe("a replica laid otherwise than the primary", () => {
  const tables = driftingOrders(3_000, 50);
  const seeded = driftLines(tables.drift);
  let primary: TestTable;
  let replica: TestTable;
  beforeAll(async () => {
    [primary, replica] = await Promise.all([createTable(), createTable()]);
    await Promise.all([primary.load(tables.primary()), replica.load(tables.replica())]);
  });
  afterAll(() => Promise.all([primary.drop(), replica.drop()]));

  const inOtherSegments = (table: Table, side: string) =>
    side === "replica" ? shuffled(table, { seed: 3, segments: true }) : table;

  for (const waitingBytes of [32 * 1024 * 1024, 64 * 1024]) {
    test(`in other segments, ${waitingBytes / 1024} KB for what waits: each discrepancy once`, async () => {
      const { found } = await runDiff(primary.location, replica.location, {
        wrap: inOtherSegments,
        waitingBytes,
        settleMs: 0,
      });
      expect(driftLines(found)).toEqual(seeded);
    });
  }

  test("in another order: only with little memory are items looked up that would have met", async () => {
    const inAnotherOrder = (table: Table, side: string) =>
      side === "replica" ? shuffled(table, { seed: 3, segments: false }) : table;
    const lookedUp = async (waitingBytes: number) => {
      const { found, summary } = await runDiff(primary.location, replica.location, {
        wrap: inAnotherOrder,
        segments: 1,
        chosen: [0],
        waitingBytes,
        settleMs: 0,
      });
      expect(driftLines(found)).toEqual(seeded);
      return summary.totals.primary.lookedUp + summary.totals.replica.lookedUp;
    };
    // Missing and extraneous ones have no partner to meet.
    expect(await lookedUp(32 * 1024 * 1024)).toBe(120);
    expect(await lookedUp(64 * 1024)).toBeGreaterThan(1_000);
  });

  test("the side that is ahead is held back until the other comes", async () => {
    const items = (await Array.fromAsync(tables.primary())) as WireItem[];
    let ahead = 0;
    const wrap = (table: Table, side: string): Table => ({
      ...table,
      async *scan() {
        if (side === "replica") {
          await Bun.sleep(400);
          expect(ahead).toBeLessThan(6);
        }
        for (let start = 0; start < items.length; start += 100) {
          if (side === "primary") ahead++;
          yield items.slice(start, start + 100);
        }
      },
    });
    const { summary } = await runDiff(primary.location, replica.location, {
      wrap,
      segments: 1,
      chosen: [0],
    });
    expect(summary.outcome).toBe("clean");
    expect(summary.totals.replica.lookedUp).toBe(0);
  });

  test("in other segments, one segment after the other, each a run of its own: each discrepancy once", async () => {
    const lines: string[] = [];
    for (let segment = 0; segment < 4; segment++) {
      const { found } = await runDiff(primary.location, replica.location, {
        wrap: inOtherSegments,
        segments: 4,
        chosen: chooseSegments(4, segment, undefined),
        settleMs: 0,
      });
      lines.push(...driftLines(found));
    }
    expect(lines.sort()).toEqual(seeded);
  });
});
