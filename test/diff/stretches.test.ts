import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createDice } from "../../src/core/demo/dice.ts";
import { type DiffPosition, SEGMENT_START } from "../../src/core/diff/compare-segment.ts";
import type { Table } from "../../src/core/table/table.ts";
import { type Drift, driftingOrders, driftLines } from "../helpers/orders.ts";
import { runDiff } from "../helpers/run-diff.ts";
import { type Shuffle, shuffled } from "../helpers/shuffled.ts";
import { createTable, type TestTable } from "../helpers/table.ts";

const ITEMS = 3_000;
const tables = driftingOrders(ITEMS, 50);
const seeded = driftLines(tables.drift);
const OF_A_KIND = ITEMS / 50;
let primary: TestTable;
let replica: TestTable;

beforeAll(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  await Promise.all([primary.load(tables.primary()), replica.load(tables.replica())]);
});
afterAll(() => Promise.all([primary.drop(), replica.drop()]));

interface Stretches {
  found: Drift[];
  stretches: number;
  items: Record<"primary" | "replica", number>;
  lookedUp: number;
}

/** Compares one segment in stretches that end by chance, each beginning with what JSON leaves of where the one before ended. */
async function inStretches(
  how: (side: string) => Shuffle,
  { seed, waitingBytes }: { seed: number; waitingBytes: number },
): Promise<Stretches> {
  const dice = createDice(seed);
  const sum: Stretches = { found: [], stretches: 0, items: { primary: 0, replica: 0 }, lookedUp: 0 };
  let from: DiffPosition = SEGMENT_START;
  while (from.primary !== "end" || from.replica !== "end") {
    let to: DiffPosition | undefined;
    const { found, summary } = await runDiff(primary.location, replica.location, {
      wrap: (table: Table, side) => shuffled(table, how(side)),
      segments: 1,
      chosen: [0],
      waitingBytes,
      settleMs: 0,
      stretch: {
        from,
        enough: () => dice.between(1, 4) === 1,
        reached(position) {
          to = position;
        },
      },
    });
    expect(summary.failure).toBeUndefined();
    sum.found.push(...found);
    sum.stretches++;
    sum.items.primary += summary.totals.primary.items;
    sum.items.replica += summary.totals.replica.items;
    sum.lookedUp += summary.totals.primary.lookedUp + summary.totals.replica.lookedUp;
    from = JSON.parse(JSON.stringify(to)) as DiffPosition;
  }
  return sum;
}

const PAGES = { primary: 170, replica: 90 } as Record<string, number>;
const LAYOUTS: Record<string, (side: string) => Shuffle> = {
  "laid in the same order": (side) => ({ seed: 1, segments: false, inOrder: true, page: PAGES[side]! }),
  "laid in different orders": (side) => ({
    seed: side === "primary" ? 1 : 2,
    segments: false,
    page: PAGES[side]!,
  }),
};

describe.each(Object.keys(LAYOUTS))("two sides %s, compared stretch by stretch", (layout) => {
  test.each([
    [1, 32 * 1024 * 1024],
    [2, 32 * 1024 * 1024],
    [3, 20_000],
  ])("each discrepancy is found once (seed %d, %d bytes for what waits)", async (seed, waitingBytes) => {
    const sum = await inStretches(LAYOUTS[layout]!, { seed, waitingBytes });
    expect(driftLines(sum.found)).toEqual(seeded);
    expect(sum.stretches).toBeGreaterThan(2);
    expect(sum.items).toEqual({ primary: ITEMS, replica: ITEMS });
  });
});

test("where both are laid in the same order only those without a partner are looked up, however many stretches there are", async () => {
  const { lookedUp, stretches } = await inStretches(LAYOUTS["laid in the same order"]!, {
    seed: 4,
    waitingBytes: 32 * 1024 * 1024,
  });
  expect(stretches).toBeGreaterThan(2);
  expect(lookedUp).toBe(2 * OF_A_KIND);
});

test("an end that is reached by one side alone is no end of the other", async () => {
  const few = await createTable();
  try {
    await few.load([...tables.replica()].slice(0, 10));
    const dice = createDice(5);
    let from: DiffPosition = SEGMENT_START;
    const found: Drift[] = [];
    while (from.primary !== "end" || from.replica !== "end") {
      let to: DiffPosition | undefined;
      const result = await runDiff(primary.location, few.location, {
        wrap: (table) => shuffled(table, { seed: 1, segments: false, inOrder: true, page: 250 }),
        segments: 1,
        chosen: [0],
        settleMs: 0,
        stretch: {
          from,
          enough: () => dice.between(1, 2) === 1,
          reached(position) {
            to = position;
          },
        },
      });
      found.push(...result.found);
      from = to!;
    }
    const missing = found.filter(({ kind }) => kind === "missing").map(({ id }) => id);
    expect(new Set(missing).size).toBe(missing.length);
    expect(missing.length).toBe(ITEMS - 10 + found.filter(({ kind }) => kind === "extraneous").length);
  } finally {
    await few.drop();
  }
});
