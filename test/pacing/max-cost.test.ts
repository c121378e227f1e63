import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { runDdbr } from "../helpers/cli.ts";
import { driftingOrders } from "../helpers/orders.ts";
import { withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { MeteredServer } from "./metered-server.ts";

const ITEMS = 2_000;
const tables = driftingOrders(ITEMS, 100);
/** So that a unit costs a tenth of a cent. */
const PRICES = ["--read-price", "1000", "--write-price", "1000"];
let primary: TestTable;
let replica: TestTable;

beforeAll(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  await Promise.all([primary.load(tables.primary()), replica.load(tables.replica())]);
});

afterAll(() => Promise.all([primary.drop(), replica.drop()]));

async function metered(body: (server: MeteredServer) => Promise<void>): Promise<void> {
  await using server = await MeteredServer.start();
  await body(server);
}

const SPENT = "ddbr: the run's budget of $0.10 is spent - run it again with a higher --max-cost\n";

describe("--max-cost", () => {
  test("ends a comparison before it is exceeded, with one line that says so", () =>
    metered(async (server) => {
      const words = ["diff-tables", server.location(primary), server.location(replica), "--plain"];
      const few = ["--segments", "16", "--settle", "0.3", ...PRICES.slice(0, 2)];
      const { code, stdout, stderr } = await runDdbr([...words, ...few, "--max-cost", "0.1"]);
      expect(code).toBe(130);
      expect(stdout).toContain("[summary] stopped");
      expect(stderr).toEndWith(SPENT);
      expect(server.units).toBeGreaterThan(50);
      expect(server.units).toBeLessThanOrEqual(100);
      // One that suffices makes no difference.
      const whole = await runDdbr([...words, ...few, "--max-cost", "10"]);
      expect(whole.code).toBe(1);
    }));

  test("stops a backup, which goes on with more", () =>
    metered((server) =>
      withPlace("directory", async (place) => {
        const words = [
          "backup-table",
          server.location(primary),
          place.url,
          "--jobid",
          "j",
          "--segments",
          "16",
        ];
        const stopped = await runDdbr([...words, ...PRICES.slice(0, 2), "--max-cost", "0.05"]);
        expect(stopped.code).toBe(130);
        expect(server.units).toBeLessThanOrEqual(50);
        const resumed = await runDdbr([...words, "--resume", ...PRICES.slice(0, 2), "--max-cost", "0.3"]);
        expect(resumed.code).toBe(0);
        expect(await place.get("j/manifest.json")).toBeDefined();
      }),
    ));

  test("counts a restore's reads and writes", () =>
    metered((server) =>
      withPlace("directory", async (place) => {
        const dump = ["backup-table", primary.location, place.url, "--jobid", "j", "--segments", "4"];
        expect((await runDdbr(dump)).code).toBe(0);
        const target = await createTable();
        try {
          const undo = `${place.url}/undo.ndjson`;
          const words = ["restore-table", `${place.url}/j`, server.location(target), "--yes"];
          const files = [...words, "--undo-file", undo, ...PRICES];
          const stopped = await runDdbr([...files, "--max-cost", "0.5"]);
          expect(stopped.code).toBe(130);
          expect(stopped.stderr).toContain("the run's budget of $0.50 is spent");
          expect(server.units).toBeGreaterThan(300);
          expect(server.units).toBeLessThanOrEqual(500);
          const resumed = await runDdbr([...files, "--resume", "--max-cost", "10"]);
          expect(resumed.code).toBe(0);
          expect(await target.items()).toHaveLength(ITEMS);
        } finally {
          await target.drop();
        }
      }),
    ));

  test("says before the run what is counted, and at which prices", async () => {
    const words = ["diff-tables", primary.location, replica.location, "--max-cost", "5"];
    const { stderr } = await runDdbr([...words, "--settle", "0.3", "--write-price", "1.25"]);
    expect(stderr).toBe(
      "ddbr diff-tables: at most $5.00 for units: a million read units at $0.125 (on demand in us-east-1, November 2024), a million write units at $1.25 (as given)\n",
    );
  });

  test.each([
    [["--max-cost", "0"], /^ddbr: --max-cost is "0", out of range/],
    [["--max-cost", "$5"], /^ddbr: --max-cost is "\$5", not a number/],
    [["--read-price=-1"], /^ddbr: --read-price is "-1", out of range/],
  ])("is refused when it is none: %p", async (words, says) => {
    const { code, stderr } = await runDdbr(["diff-tables", primary.location, replica.location, ...words]);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});
