import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DiffSummary } from "../../src/core/diff/diff-events.ts";
import { runDdbr } from "../helpers/cli.ts";
import { type Drift, driftingOrders, driftLines } from "../helpers/orders.ts";
import { runDiff } from "../helpers/run-diff.ts";
import { shuffled } from "../helpers/shuffled.ts";
import { createTable, type TestTable } from "../helpers/table.ts";

const ITEMS = 200_000;
const EVERY = 1_000;
const MINUTES = 60_000;

/** 200,000 items of about 350 bytes on each side, one in a thousand of every kind of discrepancy. */
const tables = driftingOrders(ITEMS, EVERY);
const seeded = driftLines(tables.drift);
let primary: TestTable;
let replica: TestTable;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-test-"));
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  await Promise.all([primary.load(tables.primary()), replica.load(tables.replica())]);
}, 30 * MINUTES);

afterAll(async () => {
  await Promise.all([primary.drop(), replica.drop()]);
  rmSync(folder, { recursive: true });
});

/** Runs the binary and reads its report: `missing order-1` … */
async function check(...options: string[]): Promise<{ code: number; lines: string[]; summary: DiffSummary }> {
  const report = join(folder, `report-${crypto.randomUUID()}.ndjson`);
  const words = [
    "diff-tables",
    primary.location,
    replica.location,
    "--json",
    "--settle",
    "0.3",
    "--report",
    report,
  ];
  const { code, stdout } = await runDdbr([...words, ...options], { timeoutMs: 30 * MINUTES });
  const summary = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as DiffSummary;
  return { code, lines: reportLines(report), summary };
}

function reportLines(path: string): string[] {
  const rows = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .filter(Boolean)
    .map((row) => JSON.parse(row));
  return driftLines(rows.map(({ kind, key }) => ({ kind, id: key.id.S }) as Drift));
}

describe("two tables of 200,000 items", () => {
  for (const segments of [1, 7, 32]) {
    test(
      `in ${segments} segments: exactly the seeded discrepancies, each once`,
      async () => {
        const { code, lines, summary } = await check("--segments", String(segments));
        expect(lines).toEqual(seeded);
        expect(code).toBe(1);
        expect(summary.totals.primary.items).toBe(ITEMS);
      },
      30 * MINUTES,
    );
  }

  test(
    "segment by segment, each a run of its own",
    async () => {
      const segments = 5;
      const lines: string[] = [];
      for (let segment = 0; segment < segments; segment++) {
        const run = await check("--segments", String(segments), "--segment", String(segment));
        lines.push(...run.lines);
      }
      expect(lines.sort()).toEqual(seeded);
    },
    30 * MINUTES,
  );

  test(
    "read units and requests: a tenth, and a hundredth, of looking every item up",
    async () => {
      const { summary } = await check();
      const { totals } = summary;
      const units = totals.primary.readUnits + totals.replica.readUnits;
      const requests = totals.primary.requests + totals.replica.requests;
      // Every item of one table looked up in the other, and the reverse: half a unit and one request each.
      const lookUps = 2 * ITEMS;
      expect(units).toBeLessThan((lookUps * 0.5) / 10);
      expect(requests).toBeLessThan(lookUps / 100);
    },
    30 * MINUTES,
  );

  test(
    "a replica laid in another order",
    async () => {
      const wrap = (table: Parameters<typeof shuffled>[0], side: string) =>
        side === "replica" ? shuffled(table, { seed: 1, segments: false }) : table;
      const { found } = await runDiff(primary.location, replica.location, { wrap });
      expect(driftLines(found)).toEqual(seeded);
    },
    30 * MINUTES,
  );

  test(
    "a replica laid in other segments, with little memory for what waits",
    async () => {
      const wrap = (table: Parameters<typeof shuffled>[0], side: string) =>
        side === "replica" ? shuffled(table, { seed: 2, segments: true }) : table;
      const { found, summary } = await runDiff(primary.location, replica.location, {
        wrap,
        waitingBytes: 1024 * 1024,
      });
      expect(driftLines(found)).toEqual(seeded);
      expect(summary.totals.primary.lookedUp + summary.totals.replica.lookedUp).toBeGreaterThan(ITEMS);
    },
    30 * MINUTES,
  );

  test(
    "--repair mends them all, and a second run finds none",
    async () => {
      const repaired = await check("--repair");
      expect(repaired.code).toBe(0);
      expect(repaired.lines).toEqual(seeded);
      const again = await check();
      expect(again.code).toBe(0);
      expect(again.lines).toEqual([]);
      expect(again.summary.totals.replica.items).toBe(ITEMS);
    },
    30 * MINUTES,
  );
});

describe("one side empty", () => {
  let empty: TestTable;
  beforeAll(async () => {
    empty = await createTable();
  });
  afterAll(() => empty.drop());

  test(
    "every item is missing from an empty replica",
    async () => {
      const { summary, found } = await runDiff(primary.location, empty.location);
      expect(summary.totals.discrepancies).toEqual({ missing: ITEMS, different: 0, extraneous: 0 });
      expect(new Set(found.map(({ id }) => id)).size).toBe(ITEMS);
    },
    30 * MINUTES,
  );

  test(
    "every item is extraneous beside an empty primary",
    async () => {
      const { summary, found } = await runDiff(empty.location, primary.location);
      expect(summary.totals.discrepancies).toEqual({ missing: 0, different: 0, extraneous: ITEMS });
      expect(new Set(found.map(({ id }) => id)).size).toBe(ITEMS);
    },
    30 * MINUTES,
  );
});
