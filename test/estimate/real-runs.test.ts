import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { scanOf, scanTerms } from "../../src/core/estimate/scan-pages.ts";
import { runDdbr } from "../helpers/cli.ts";
import { withPlace } from "../helpers/stores.ts";
import { createTable, ID_KEY, type TestTable, withTables } from "../helpers/table.ts";
import { uniformItems } from "./uniform-items.ts";

interface Figures {
  requests: number;
  readUnits: number;
  writeUnits: number;
}
interface Range {
  low: number;
  likely: number;
  high: number;
}
type Part = { end: string; operation: string } & Record<keyof Figures, Range>;

const ITEMS = 3000;
const BYTES = 2000;

let primary: TestTable;
let replica: TestTable;

beforeAll(async () => {
  [primary, replica] = await Promise.all([createTable(ID_KEY, "estimate"), createTable(ID_KEY, "estimate")]);
  await Promise.all([primary, replica].map((table) => table.load(uniformItems(0, ITEMS, BYTES))));
});
afterAll(async () => {
  await Promise.all([primary.drop(), replica.drop()]);
});

type Environment = Record<string, string>;

/** What the program's own summary says of each end. */
async function ran(words: string[], env: Environment = {}, code = 0): Promise<Record<string, Figures>> {
  const result = await runDdbr([...words, "--json"], { env });
  expect(result, result.stdout + result.stderr).toMatchObject({ code });
  const last = JSON.parse(result.stdout.trim().split("\n").at(-1)!);
  expect(last.event).toBe("finished");
  return last.totals;
}

/** What the estimate says of one machine, by end. */
async function told(words: string[]): Promise<Record<string, Record<keyof Figures, Range>>> {
  const { stdout, stderr, code } = await runDdbr(["estimate", ...words, "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { engines } = JSON.parse(stdout);
  const ends: Record<string, Record<keyof Figures, Range>> = {};
  for (const part of engines[0].parts as Part[]) {
    const sum = ends[part.end] ?? { requests: zero(), readUnits: zero(), writeUnits: zero() };
    ends[part.end] = sum;
    for (const figure of ["requests", "readUnits", "writeUnits"] as const) {
      for (const bound of ["low", "likely", "high"] as const) sum[figure][bound] += part[figure][bound];
    }
  }
  return ends;
}

const zero = (): Range => ({ low: 0, likely: 0, high: 0 });
const exactly = (value: number): Range => ({ low: value, likely: value, high: value });

function expectExact(
  estimated: Record<keyof Figures, Range>,
  real: Figures,
  figures: (keyof Figures)[],
): void {
  const pick = <Value>(of: Record<keyof Figures, Value>) => figures.map((figure) => of[figure]);
  expect(pick(estimated)).toEqual(pick(real).map(exactly));
}

function expectWithin({ low, high }: Range, real: number): void {
  expect(real).toBeGreaterThanOrEqual(low);
  expect(real).toBeLessThanOrEqual(high);
}

describe("diff-tables", () => {
  const words = (segments: number) => [
    ...["diff-tables", primary.location, replica.location, "--segments", `${segments}`],
  ];

  test("in one segment: requests and units, with consistent reads and without", async () => {
    for (const more of [[], ["--consistent"]]) {
      const [estimated, real] = await Promise.all([
        told([...words(1), ...more]),
        ran([...words(1), ...more]),
      ]);
      for (const side of ["primary", "replica"]) {
        expect(real[side]!.requests).toBeGreaterThan(5);
        expectExact(estimated[side]!, real[side]!, ["requests", "readUnits"]);
      }
    }
  });

  test("a size that is given is that of a table that is described", async () => {
    const given = ["diff-tables", "--items", `${ITEMS}`, "--item-size", `${BYTES}`, "--segments", "1"];
    expect(await told(given)).toEqual(await told(words(1)));
  });

  test("in four segments: requests exactly, units to what is rounded up in each", async () => {
    const [estimated, real] = await Promise.all([told(words(4)), ran(words(4))]);
    for (const side of ["primary", "replica"]) {
      expectExact(estimated[side]!, real[side]!, ["requests"]);
      expectWithin(estimated[side]!.readUnits, real[side]!.readUnits);
      expect(estimated[side]!.readUnits.high - estimated[side]!.readUnits.low).toBeLessThanOrEqual(4);
    }
  });

  test("in segments of which the numbers of items are known: both exactly", async () => {
    const real = await ran(words(13));
    const counts = await Promise.all(
      Array.from({ length: 13 }, async (_, Segment) => {
        const scan = { TableName: primary.name, Segment, TotalSegments: 13, Select: "COUNT" } as const;
        let count = 0;
        let ExclusiveStartKey: Record<string, never> | undefined;
        do {
          const page = await primary.client.send(new ScanCommand({ ...scan, ExclusiveStartKey }));
          count += page.Count!;
          ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
        } while (ExclusiveStartKey !== undefined);
        return count;
      }),
    );
    const cost = scanOf(counts, scanTerms(BYTES, false));
    for (const side of ["primary", "replica"]) expect(real[side]).toMatchObject(cost);
  });

  test("with records that differ: units exactly", async () => {
    const changed = [...uniformItems(0, 30, BYTES)].map((item) => ({
      ...item,
      text: { S: "y".repeat(1985) },
    }));
    await withTables([ID_KEY], async (other) => {
      await other.load([...changed, ...uniformItems(30, ITEMS, BYTES)]);
      const compared = ["diff-tables", primary.location, other.location, "--segments", "1"];
      const [estimated, real] = [
        await told([...compared, "--drift", "0.01"]),
        await ran([...compared, "--settle", "0.2"], {}, 1),
      ];
      for (const side of ["primary", "replica"]) {
        expectExact(estimated[side]!, real[side]!, ["readUnits"]);
        expectWithin(estimated[side]!.requests, real[side]!.requests);
      }
    });
  });
});

test("backup-table to S3: requests on both ends, and units", async () => {
  await withPlace("s3", async ({ url, options, env }) => {
    for (const segments of [1, 4]) {
      const words = ["backup-table", primary.location, url, "--segments", `${segments}`];
      const estimated = await told(words);
      const real = await ran([...words, "--jobid", `${segments}`, ...options()], env);
      expectExact(estimated.table!, real.source!, segments === 1 ? ["requests", "readUnits"] : ["requests"]);
      expectWithin(estimated.table!.readUnits, real.source!.readUnits);
      expect(estimated.backup!.requests.likely).toBe(real.destination!.requests);
    }
  });
});

test("backup-table under a limit, whose pages are smaller: requests and units", async () => {
  await withTables([ID_KEY], async (table) => {
    await table.load(uniformItems(0, 150, BYTES));
    await withPlace("directory", async ({ url }) => {
      const words = ["backup-table", table.location, url, "--segments", "1", "--max-rcu", "30"];
      const [estimated, real] = [await told(words), await ran(words)];
      expect(real.source!.requests).toBe(2);
      expectExact(estimated.table!, real.source!, ["requests", "readUnits"]);
    });
  });
});

test("incremental-diff with a folder on S3: requests on both ends, and units", async () => {
  const items = 200;
  await withTables([ID_KEY], async (table) => {
    await table.load(uniformItems(0, items, BYTES));
    await withPlace("s3", async ({ url, options, env }) => {
      const filled = await runDdbr(["incremental-backfill", table.location, url, ...options()], { env });
      expect(filled.code).toBe(0);
      const words = ["incremental-diff", table.location, url, "--segments", "1"];
      const estimated = await told(words);
      const real = await ran([...words, ...options()], env);
      expectExact(estimated.table!, real.primary!, ["requests", "readUnits"]);
      expectExact(estimated.backup!, real.replica!, ["requests"]);
      expect(real.replica!.requests).toBe(items + 1);
    });
  });
});

test("restore-table into an empty table: requests and units, read and written", async () => {
  const items = 600;
  await withTables([ID_KEY, ID_KEY], async (table, empty) => {
    await table.load(uniformItems(0, items, BYTES));
    await withPlace("directory", async ({ url }) => {
      expect((await runDdbr(["backup-table", table.location, url, "--jobid", "dump"])).code).toBe(0);
      const split = ["--segments", "1"];
      const estimated = await told(["restore-table", `${url}/dump`, table.location, ...split]);
      const undo = ["--undo-file", `${url}/undo.ndjson`, "--yes"];
      const real = await ran(["restore-table", `${url}/dump`, empty.location, ...split, ...undo]);
      expectExact(estimated.table!, real.table!, ["requests", "writeUnits"]);
      expect(real.table!.writeUnits).toBe(2 * items);
      // What reading an empty table costs is half a unit at most, and nothing here.
      const { readUnits } = real.table!;
      expect(estimated.table!.readUnits).toEqual({
        low: readUnits,
        likely: readUnits,
        high: readUnits + 0.5,
      });
    });
  });
});
