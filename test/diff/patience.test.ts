import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { PauseGate } from "../../src/core/pause-gate.ts";
import { createPace } from "../../src/core/table/pace.ts";
import { untilDone } from "../../src/core/table/until-done.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from "../helpers/fault-proxy.ts";
import { runDiff } from "../helpers/run-diff.ts";
import { createTable, type Item, type TestTable } from "../helpers/table.ts";

const SECONDS = 1_000;
/** Past this a record is given up as one that keeps changing, at the settling time used here. */
const RESTLESS_MS = 5_000;
const SETTLE_MS = 100;

let primary: TestTable;
let replica: TestTable;
let proxy: FaultProxy | undefined;

beforeEach(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
});

afterEach(async () => {
  await proxy?.stop();
  proxy = undefined;
  await Promise.all([primary.drop(), replica.drop()]);
});

const record = (id: string, v: number): Item => ({ id: { S: id }, v: { N: String(v) } });

async function through(table: TestTable, options: Omit<FaultProxyOptions, "target">): Promise<string> {
  proxy ??= await startFaultProxy({ target: dynamoDbEndpoint(), ...options });
  return `${proxy.url}/${table.name}`;
}

describe("a repair ends", () => {
  test(
    "where reading takes longer than a read stays fresh",
    async () => {
      await primary.put(record("a", 1));
      const slow = {
        rules: [{ fault: { kind: "delay" as const, ms: 600 }, operations: ["BatchGetItem"], always: true }],
      };
      const { summary } = await runDiff(await through(primary, slow), await through(replica, slow), {
        mode: "repair",
        settleMs: SETTLE_MS,
      });
      expect(summary.outcome).toBe("clean");
      expect(await replica.items()).toEqual([record("a", 1)]);
    },
    15 * SECONDS,
  );

  test(
    "where a record of the primary changes before every read, and nobody replicates it",
    async () => {
      let changes = 0;
      await primary.put(record("a", 0));
      const changing = {
        onRequest: (operation: string) =>
          operation === "BatchGetItem" ? primary.put(record("a", ++changes)) : undefined,
      };
      const { summary, events } = await runDiff(await through(primary, changing), replica.location, {
        mode: "repair",
        settleMs: SETTLE_MS,
      });
      expect(summary.outcome).toBe("incomplete");
      expect(events.flatMap((event) => (event.type === "undone" ? [event.undone.reason] : []))).toEqual([
        "the record keeps changing",
      ]);
    },
    60 * SECONDS,
  );
});

describe("a record that had to wait is not taken for one that keeps changing", () => {
  test(
    "records given by key, while the run was paused",
    async () => {
      const records = Array.from({ length: 30 }, (_, at) => record(`r-${at}`, 1));
      await primary.load(records);
      const gate = new PauseGate();
      gate.pause();
      setTimeout(() => gate.resume(), RESTLESS_MS + 500);
      const { summary } = await runDiff(primary.location, replica.location, {
        mode: "repair",
        settleMs: SETTLE_MS,
        gate,
        keys: records.map(({ id }) => ({ id: { S: id!.S! } })),
      });
      expect(summary.outcome).toBe("clean");
      expect(summary.totals.repaired.put).toBe(30);
      expect((await replica.items()).length).toBe(30);
    },
    20 * SECONDS,
  );

  test(
    "a candidate that changed once while the run was paused",
    async () => {
      await primary.put(record("a", 3));
      await replica.put(record("a", 1));
      const gate = new PauseGate();
      let pages = 0;
      const { summary } = await runDiff(primary.location, replica.location, {
        segments: 1,
        chosen: [0],
        settleMs: SETTLE_MS,
        gate,
        report(event) {
          if (event.type !== "scanned" || ++pages < 2) return;
          gate.pause();
          void replica.put(record("a", 2));
          setTimeout(() => gate.resume(), RESTLESS_MS + 500);
        },
      });
      expect(summary.outcome).toBe("discrepancies");
      expect(summary.totals.discrepancies.different).toBe(1);
    },
    20 * SECONDS,
  );

  test(
    "a repair that lost one race after its writes had been throttled for long",
    async () => {
      await primary.put(record("a", 3));
      await replica.put(record("a", 1));
      let throttled = true;
      let raced = false;
      const location = await through(replica, {
        rules: [{ fault: { kind: "throttle" }, operations: ["PutItem"], always: true }],
        async onRequest(operation) {
          if (operation !== "PutItem" || throttled || raced) return;
          raced = true;
          await replica.put(record("a", 2));
        },
      });
      setTimeout(() => {
        proxy?.setRules([]);
        throttled = false;
      }, RESTLESS_MS + 500);
      const { summary } = await runDiff(primary.location, location, { mode: "repair", settleMs: SETTLE_MS });
      expect(summary.totals.racesLost).toBe(1);
      expect(summary.outcome).toBe("clean");
      expect(await replica.items()).toEqual([record("a", 3)]);
    },
    40 * SECONDS,
  );
});

describe("what a batch leaves undone", () => {
  const persistence = {
    patienceMs: 3 * SECONDS,
    subject: "local/orders",
    hint: "try again later",
    retried: () => {},
  };

  test("is asked for until nothing is left", async () => {
    const asked: number[] = [];
    const send = async (parts: number[]) => {
      asked.push(parts.length);
      return parts.slice(2);
    };
    await untilDone([1, 2, 3, 4, 5], send, { ...persistence, signal: new AbortController().signal });
    expect(asked).toEqual([5, 3, 1]);
  });

  test("is not asked for any more once the run is stopped, nor waited for", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const begin = performance.now();
    const options = { ...persistence, patienceMs: 30 * SECONDS, signal: stop.signal };
    const sent = untilDone([1], async (parts) => parts, options);
    expect(await sent.catch((error) => error.name)).toBe("AbortError");
    expect(performance.now() - begin).toBeLessThan(10 * SECONDS);
  });
});

describe("a limit of units a second", () => {
  test("lets those that wait through one by one", async () => {
    const pace = createPace(100);
    const begin = performance.now();
    let earliest = 0;
    // Ten at once, each for 25 units: two and a half seconds' worth.
    const ask = async () => {
      await pace.ready(25);
      earliest += performance.now() - begin < SECONDS ? 25 : 0;
      await Bun.sleep(5);
      pace.spent(25);
    };
    await ask();
    await Promise.all(Array.from({ length: 9 }, ask));
    expect(earliest).toBeLessThanOrEqual(150);
    expect(performance.now() - begin).toBeLessThan(10 * SECONDS);
  });

  test(
    "on writes holds from beginning to end of a backfill",
    async () => {
      const { openTable } = await import("../../src/core/table/table.ts");
      const { parseTableLocation } = await import("../../src/core/location.ts");
      const { diffTables } = await import("../../src/core/diff/diff-tables.ts");
      await primary.load(Array.from({ length: 500 }, (_, at) => record(`r-${at}`, at)));
      const open = (table: TestTable) =>
        openTable(parseTableLocation(table.location), { maxWriteUnits: 100 });
      const [p, r] = [await open(primary), await open(replica)];
      let written = 0;
      let mostAhead = 0;
      const begin = performance.now();
      await diffTables({
        primary: p,
        replica: r,
        mode: "backfill",
        dryRun: false,
        segments: 8,
        chosen: [0, 1, 2, 3, 4, 5, 6, 7],
        concurrency: 4,
        consistent: false,
        settleMs: 0,
        waitingBytes: 1e6,
        patienceMs: 20 * SECONDS,
        signal: new AbortController().signal,
        report(event) {
          if (event.type !== "answered") return;
          written += event.writeUnits;
          mostAhead = Math.max(mostAhead, written - ((performance.now() - begin) / SECONDS) * 100);
        },
      });
      p.close();
      r.close();
      expect(written).toBe(500);
      // A second's worth may come at once, and two requests more.
      expect(mostAhead).toBeLessThanOrEqual(150);
    },
    30 * SECONDS,
  );

  test(
    "on single writes holds beside reads, as in a repair",
    async () => {
      await primary.load(Array.from({ length: 120 }, (_, at) => record(`r-${at}`, at)));
      const { openTable } = await import("../../src/core/table/table.ts");
      const { parseTableLocation } = await import("../../src/core/location.ts");
      const begin = performance.now();
      const r = await openTable(parseTableLocation(replica.location), { maxWriteUnits: 40 });
      const { signal } = new AbortController();
      for (let at = 0; at < 120; at++) {
        await r.readyToWrite(signal);
        await r.read([{ id: { S: `r-${at}` } }], true, signal);
        await r.put({ id: { S: `r-${at}` }, v: { N: "1" } }, undefined);
      }
      r.close();
      // 120 units at 40 a second, less what may come at once.
      expect(performance.now() - begin).toBeGreaterThan(2.5 * SECONDS);
    },
    30 * SECONDS,
  );
});
