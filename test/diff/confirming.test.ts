import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Confirmer } from "../../src/core/diff/confirmer.ts";
import { DdbrError } from "../../src/core/errors.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import { PauseGate } from "../../src/core/pause-gate.ts";
import { openTable, type Table } from "../../src/core/table/table.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { runDiff } from "../helpers/run-diff.ts";
import { createTable, type Item, type TestTable } from "../helpers/table.ts";

let primary: TestTable;
let replica: TestTable;
let proxies: FaultProxy[] = [];

beforeEach(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
});

afterEach(async () => {
  for (const proxy of proxies) await proxy.stop();
  proxies = [];
  await Promise.all([primary.drop(), replica.drop()]);
});

const record = (id: string, v: string): Item => ({ id: { S: id }, v: { N: v } });
const idOf = ({ id }: WireItem) => (id as { S: string }).S;
const onReplica = (change: (table: Table) => Partial<Table>) => (table: Table, side: "primary" | "replica") =>
  side === "replica" ? { ...table, ...change(table) } : table;

describe("reading again", () => {
  test("the replica first, then the primary, both consistently", async () => {
    await primary.put(record("a", "1"));
    await replica.put(record("a", "0"));
    const reads: string[] = [];
    const through = async (side: string, table: TestTable) => {
      const proxy = await startFaultProxy({
        target: dynamoDbEndpoint(),
        onRequest(operation, body) {
          if (operation !== "BatchGetItem") return;
          const [request] = Object.values(JSON.parse(body!).RequestItems) as [{ ConsistentRead: boolean }];
          reads.push(`${side} ${request.ConsistentRead ? "consistently" : "as it comes"}`);
        },
      });
      proxies.push(proxy);
      return `${proxy.url}/${table.name}`;
    };
    await runDiff(await through("primary", primary), await through("replica", replica), {
      mode: "repair",
      settleMs: 0,
    });
    // Once to confirm, once to verify.
    expect(reads).toEqual([
      "replica consistently",
      "primary consistently",
      "replica consistently",
      "primary consistently",
    ]);
  });
});

test.each([
  ["missing", 1, 0],
  ["extraneous", 0, 1],
  ["different", 1, 1],
] as const)("a record met from both sides is read once and reported once: %s", async (kind, here, there) => {
  if (here) await primary.put(record("a", "1"));
  if (there) await replica.put(record("a", "0"));
  const sides = await Promise.all(
    [primary, replica].map(({ location }) => openTable(parseTableLocation(location))),
  );
  const found: string[] = [];
  const confirmer = new Confirmer({
    primary: sides[0]!,
    replica: sides[1]!,
    schema: sides[0]!.description.schema,
    ignored: undefined,
    settleMs: 100,
    batch: 100,
    gate: new PauseGate(),
    signal: new AbortController().signal,
    report: (event) => event.type === "discrepancy" && found.push(event.discrepancy.kind),
  });
  await confirmer.add([{ key: "a", origin: "primary" }]);
  await confirmer.add([{ key: "a", origin: "replica" }]);
  await confirmer.finish();
  expect(confirmer.undecided()).toEqual([]);
  expect(found).toEqual([kind]);
  for (const side of sides) side.close();
});

describe("a repair", () => {
  test("that had to wait for write units is decided anew, not on what was read before", async () => {
    await primary.put(record("a", "1"));
    await replica.put(record("a", "0"));
    const written: WireItem[] = [];
    let waited = false;
    const wrap = onReplica((table) => ({
      async readyToWrite() {
        if (waited) return;
        waited = true;
        await primary.put(record("a", "2"));
        await Bun.sleep(1_100);
      },
      put(item, expected) {
        written.push(item);
        return table.put(item, expected);
      },
    }));
    const { summary } = await runDiff(primary.location, replica.location, {
      mode: "repair",
      settleMs: 0,
      wrap,
    });
    expect(summary.outcome).toBe("clean");
    expect(written).toEqual([record("a", "2") as WireItem]);
  });

  test("counts as done only when both sides have been read to be equal", async () => {
    await primary.put(record("a", "1"));
    let puts = 0;
    // The first write is acknowledged and lost.
    const wrap = onReplica((table) => ({
      put: async (item, expected) => (++puts === 1 ? "written" : table.put(item, expected)),
    }));
    const { summary } = await runDiff(primary.location, replica.location, {
      mode: "repair",
      settleMs: 50,
      wrap,
    });
    expect(summary.outcome).toBe("clean");
    expect(summary.totals.repaired.put).toBe(1);
    expect(await replica.items()).toEqual([record("a", "1")]);
  });

  test("of a record that the server refuses is named, and the others go on", async () => {
    await primary.load([record("a", "1"), record("refused", "1"), record("z", "1")]);
    const wrap = onReplica((table) => ({
      async put(item, expected) {
        if (idOf(item) === "refused")
          throw new DdbrError("service-refused", "type mismatch for an index key");
        return table.put(item, expected);
      },
    }));
    const { summary, events } = await runDiff(primary.location, replica.location, {
      mode: "repair",
      settleMs: 0,
      wrap,
    });
    expect(summary.outcome).toBe("incomplete");
    expect(summary.totals.repaired.put).toBe(2);
    expect((await replica.items()).map(({ id }) => id!.S!).sort()).toEqual(["a", "z"]);
    expect(events.flatMap((event) => (event.type === "undone" ? [event.undone] : []))).toEqual([
      { key: { id: { S: "refused" } }, reason: "type mismatch for an index key" },
    ]);
  });

  test("that is stopped names what was written but not verified, and what was not repaired", async () => {
    await primary.load(Array.from({ length: 40 }, (_, at) => record(`r-${at}`, "1")));
    const stop = new AbortController();
    const wrap = onReplica((table) => ({
      async put(item, expected) {
        stop.abort(new DdbrError("interrupted", "stopped"));
        return table.put(item, expected);
      },
    }));
    const { summary, events } = await runDiff(primary.location, replica.location, {
      mode: "repair",
      settleMs: 0,
      signal: stop.signal,
      wrap,
    });
    expect(summary.outcome).toBe("interrupted");
    const undone = events.flatMap((event) => (event.type === "undone" ? [event.undone] : []));
    const named = (reason: string) =>
      undone.flatMap((one) => (one.reason === reason ? [idOf(one.key!)] : []));
    const written = (await replica.items()).map(({ id }) => id!.S!);
    expect(written.length).toBeGreaterThan(0);
    expect(named("written, but not verified").sort()).toEqual(written.sort());
    expect(undone.length).toBe(summary.totals.discrepancies.missing);
    expect(named("not repaired").length).toBe(undone.length - written.length);
  });
});

describe("an end that one side brings about", () => {
  test("a failing scan does not leave the other side waiting for it", async () => {
    await Promise.all([primary.load([record("a", "1")]), replica.load([record("a", "1")])]);
    const many = Array.from({ length: 400 }, (_, at) => record(`r-${at}`, "1") as WireItem);
    const wrap = (table: Table, side: "primary" | "replica"): Table => ({
      ...table,
      async *scan() {
        // The primary runs ahead until it is held back, and the replica never comes.
        if (side === "primary") for (let at = 0; at < many.length; at += 10) yield many.slice(at, at + 10);
        else {
          await Bun.sleep(300);
          throw new DdbrError("permission", "not allowed to Scan");
        }
      },
    });
    const { summary } = await runDiff(primary.location, replica.location, {
      segments: 1,
      chosen: [0],
      wrap,
    });
    expect(summary.outcome).toBe("incomplete");
    expect(summary.failure).toContain("not allowed to Scan");
    expect(summary.totals.undone.segments).toBe(1);
  });

  test("a backfill counts what was written, not what was sent", async () => {
    await primary.load([record("a", "1"), record("b", "1")]);
    const wrap = onReplica(() => ({
      async write() {
        await Bun.sleep(50);
        throw new DdbrError("permission", "not allowed to BatchWriteItem");
      },
    }));
    const { summary } = await runDiff(primary.location, replica.location, { mode: "backfill", wrap });
    expect(summary.outcome).toBe("incomplete");
    expect(summary.totals.backfilled).toBe(0);
  });
});
