import { afterAll, beforeAll, expect, test } from "bun:test";
import { runDdbr } from "../helpers/cli.ts";
import { driftingOrders } from "../helpers/orders.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { withState } from "../state/opened-places.ts";
import { fastTime } from "./fast-time.ts";
import { MeteredServer } from "./metered-server.ts";
import { scanTogether } from "./paced-workers.ts";

const ITEMS = 2_000;
const tables = driftingOrders(ITEMS, 100);
const TIMEOUT_MS = 120_000;
/** So that a unit costs a tenth of a cent. */
const PRICE = 1_000;

let primary: TestTable;
let replica: TestTable;

beforeAll(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  await Promise.all([primary.load(tables.primary()), replica.load(tables.replica())]);
}, TIMEOUT_MS);

afterAll(() => Promise.all([primary.drop(), replica.drop()]));

test(
  "workers that share a budget use it up together, and don't exceed it",
  () =>
    withState("directory", async (place) => {
      await using server = await MeteredServer.start();
      const scanned = await scanTogether(place, {
        location: server.location(primary),
        workers: 3,
        segments: 1,
        scans: 1_000,
        limit: 40,
        budget: 0.8,
        price: PRICE,
        time: fastTime(8),
      });
      const spent = "the run's budget of $0.80 is spent";
      expect(scanned.map((worker) => worker.spent)).toEqual([spent, spent, spent]);
      expect(server.units).toBeGreaterThan(800 * 0.8);
      expect(server.units).toBeLessThanOrEqual(800);
    }),
  TIMEOUT_MS,
);

test(
  "a command that joins workers who have spent the budget does nothing, and goes on with a higher one",
  () =>
    withState("directory", async (_, outside) => {
      await using server = await MeteredServer.start();
      // A worker has left when it had spent 1.98 dollars.
      await outside.put(`pace/earlier_9_1_${(1.98e9).toString(36)}_primary-read.0.x.0`, "");
      const worker = (budget: string) => {
        const pair = [
          server.location(primary),
          server.location(replica),
          "--segments",
          "4",
          "--settle",
          "0.3",
        ];
        const job = ["--state", outside.url, "--read-price", `${PRICE}`, "--max-cost", budget];
        return runDdbr(["diff-tables", ...pair, ...job, "--plain"], { timeoutMs: TIMEOUT_MS });
      };
      const stopped = await worker("2");
      expect(stopped.code).toBe(130);
      expect(stopped.stdout).toContain(
        "the run's budget of $2.00 is spent - run it again with a higher --max-cost",
      );
      expect(server.units).toBe(0);

      const done = await worker("100");
      expect(done.code).toBe(0);
      expect(done.stdout).toContain("this worker has done 4 of 4 segments");
      const { code, stdout } = await runDdbr(["collect", outside.url, "--json"]);
      expect(code).toBe(1);
      const { totals } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
      expect(totals.primary.items).toBe(ITEMS);
      // Nothing is left to be done, so nothing needs the money.
      expect((await worker("2")).code).toBe(0);
    }),
  TIMEOUT_MS,
);
