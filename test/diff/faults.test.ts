import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, type FaultRule, startFaultProxy } from "../helpers/fault-proxy.ts";
import { driftingOrders, driftLines } from "../helpers/orders.ts";
import { runDiff } from "../helpers/run-diff.ts";
import { createTable, type TestTable } from "../helpers/table.ts";

const ITEMS = 8_000;
const EVERY = 40;
const MINUTES = 60_000;

const READS = ["Scan", "BatchGetItem"];
const WRITES = ["PutItem", "DeleteItem", "BatchWriteItem"];

/** Nearly every second request fails in some way. */
const HEAVY: FaultRule[] = [
  { fault: { kind: "throttle" }, rate: 0.12 },
  { fault: { kind: "throttle", code: "ThrottlingException" }, rate: 0.08 },
  { fault: { kind: "server-error", status: 500 }, rate: 0.06 },
  { fault: { kind: "server-error", status: 503 }, rate: 0.06 },
  { fault: { kind: "unprocessed", share: 0.6 }, rate: 0.4 },
  { fault: { kind: "unprocessed", share: 1 }, rate: 0.1 },
  { fault: { kind: "reset-before" }, rate: 0.05 },
  { fault: { kind: "reset-after" }, rate: 0.08 },
  { fault: { kind: "truncate" }, rate: 0.05 },
  { fault: { kind: "delay", ms: 60 }, rate: 0.1 },
];

const tables = driftingOrders(ITEMS, EVERY);
const seeded = driftLines(tables.drift);
let primary: TestTable;
let replica: TestTable;
let proxy: FaultProxy;

beforeAll(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  await Promise.all([primary.load(tables.primary()), replica.load(tables.replica())]);
  proxy = await startFaultProxy({ target: dynamoDbEndpoint(), seed: 7 });
}, 2 * MINUTES);

afterAll(async () => {
  await proxy.stop();
  await Promise.all([primary.drop(), replica.drop()]);
});

const through = (table: TestTable) => `${proxy.url}/${table.name}`;

describe("heavy faults on both sides", () => {
  test(
    "a check finds the same, and counts the retries",
    async () => {
      proxy.setRules(HEAVY);
      const { found, summary } = await runDiff(through(primary), through(replica));
      expect(driftLines(found)).toEqual(seeded);
      expect(summary.outcome).toBe("discrepancies");
      const { primary: p, replica: r } = summary.totals;
      expect(p.retries).toBeGreaterThan(0);
      expect(r.retries).toBeGreaterThan(0);
      expect(p.throttles).toBeLessThan(p.retries);
    },
    5 * MINUTES,
  );

  test(
    "a backfill into a new table loses nothing",
    async () => {
      const fresh = await createTable();
      proxy.setRules(HEAVY);
      const { summary } = await runDiff(through(primary), through(fresh), { mode: "backfill" });
      expect(summary.totals.backfilled).toBe(ITEMS);
      expect((await fresh.items()).length).toBe(ITEMS);
      proxy.setRules([]);
      const check = await runDiff(primary.location, fresh.location);
      expect(check.found).toEqual([]);
      await fresh.drop();
    },
    5 * MINUTES,
  );

  test(
    "a throttle that never ends: a clear end, and what was not done is named",
    async () => {
      proxy.setRules([{ fault: { kind: "throttle" }, operations: WRITES, always: true }]);
      const { summary, events } = await runDiff(primary.location, through(replica), {
        mode: "repair",
        patienceMs: 1500,
      });
      expect(summary.outcome).toBe("incomplete");
      expect(summary.failure).toContain("throttled");
      expect(summary.totals.repaired).toEqual({ put: 0, delete: 0, "by-others": 0 });
      const undone = new Set(
        events.flatMap((event) => (event.type === "undone" ? [JSON.stringify(event.undone)] : [])),
      );
      const reported = events.filter(({ type }) => type === "discrepancy").length;
      expect(reported).toBeGreaterThan(0);
      expect(undone.size).toBeGreaterThanOrEqual(reported);
    },
    2 * MINUTES,
  );

  test(
    "batches that stay unprocessed for ever: a clear end",
    async () => {
      proxy.setRules([{ fault: { kind: "unprocessed", share: 1 }, operations: READS, always: true }]);
      const { summary } = await runDiff(through(primary), replica.location, { patienceMs: 1000 });
      expect(summary.outcome).toBe("incomplete");
      expect(summary.failure).toContain("throttled");
      expect(summary.totals.undone.segments + summary.totals.undone.keys).toBeGreaterThan(0);
    },
    2 * MINUTES,
  );

  test(
    "a repair mends the same, although some writes are done without the client hearing of it",
    async () => {
      proxy.setRules(HEAVY);
      const { found, summary } = await runDiff(through(primary), through(replica), { mode: "repair" });
      expect(driftLines(found)).toEqual(seeded);
      expect(summary.outcome).toBe("clean");
      expect(proxy.stats.faults["reset-after"]).toBeGreaterThan(0);
      proxy.setRules([]);
      const check = await runDiff(primary.location, replica.location);
      expect(check.found).toEqual([]);
      expect((await replica.items()).length).toBe(ITEMS);
    },
    5 * MINUTES,
  );
});
