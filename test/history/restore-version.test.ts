import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  carryOutRestore,
  planRestore,
  type RestoreOutcome,
  type RestorePlan,
} from "../../src/core/history/restore-version.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import { openTable, type Table } from "../../src/core/table/table.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import {
  type Fault,
  type FaultProxy,
  type FaultProxyOptions,
  type FaultRule,
  startFaultProxy,
} from "../helpers/fault-proxy.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { sdkItem } from "./fixtures/stored-history.ts";

const PATIENCE_MS = 10_000;
const KEY = { id: { S: "a" } };
const PRESENT = { ...KEY, v: { N: "2" }, only: { S: "now" } };
const IMAGE = { ...KEY, v: { N: "1" }, was: { L: [{ BOOL: true }] } };
const THEIRS = { ...KEY, v: { N: "3" } };
/** Differs from what the plan was made on in nothing that a condition could name. */
const UNSEEN = { ...PRESENT, unseen: { S: "new" } };
const never = new AbortController().signal;

let stored: TestTable;
let proxy: FaultProxy;
let table: Table;

beforeEach(async () => {
  stored = await createTable();
});
afterEach(async () => {
  table.close();
  await Promise.all([proxy.stop(), stored.drop()]);
});

async function open(rules: FaultRule[], hooks: Partial<FaultProxyOptions> = {}): Promise<void> {
  proxy = await startFaultProxy({ target: dynamoDbEndpoint(), rules, ...hooks });
  table = await openTable(parseTableLocation(`${proxy.url}/${stored.name}`));
}

/** Plans on the item that is there, which is `present` unless that is null, and carries out. */
async function restore(
  image: typeof IMAGE | undefined,
  present: WireItem | null = PRESENT,
  patienceMs = PATIENCE_MS,
): Promise<{ plan: RestorePlan; outcome: RestoreOutcome }> {
  if (present) await stored.put(sdkItem(present));
  const plan = await planRestore(table, KEY, image, never);
  return { plan, outcome: await carryOutRestore(table, plan, patienceMs, never) };
}

const items = () => stored.items();
const onWrites = (fault: Fault, rule: Omit<FaultRule, "fault">): FaultRule => ({
  operations: ["PutItem", "DeleteItem"],
  fault,
  ...rule,
});

test.each([
  ["the answer is lost", { kind: "reset-after" }, 1],
  ["half of the answer is lost", { kind: "truncate" }, 1],
  ["the request is lost", { kind: "reset-before" }, 2],
  ["it is throttled", { kind: "throttle" }, 2],
  ["the service fails", { kind: "server-error" }, 2],
] as [string, Fault, number][])("%s at the write: restored, and written once", async (_, fault, calls) => {
  await open([onWrites(fault, { nth: 1 })]);
  const put = await restore(IMAGE);
  expect([put.plan.action, put.outcome]).toEqual(["put", { done: "restored" }]);
  expect(await items()).toEqual([IMAGE]);
  const gone = await restore(undefined, null);
  expect([gone.plan.action, gone.outcome]).toEqual(["delete", { done: "restored" }]);
  expect(await items()).toEqual([]);
  const fresh = await restore(IMAGE, null);
  expect([fresh.plan.present, fresh.outcome]).toEqual([undefined, { done: "restored" }]);
  expect(await items()).toEqual([IMAGE]);
  // The second PutItem, of the record that was gone, went through at once.
  expect(proxy.stats.calls).toMatchObject({ PutItem: calls + 1, DeleteItem: calls });
});

test("an answer that was lost on the last attempt: reading tells that it is restored", async () => {
  await open([onWrites({ kind: "reset-after" }, { always: true })]);
  expect((await restore(IMAGE, PRESENT, 0)).outcome).toEqual({ done: "restored" });
  expect(await items()).toEqual([IMAGE]);
});

test.each([
  ["throttled for longer than there is patience", { kind: "throttle" }, "throttled"],
  ["not allowed", { kind: "access-denied" }, "permission"],
] as [string, Fault, string][])("%s: fails, and the item is as it was", async (_, fault, code) => {
  await open([onWrites(fault, { always: true })]);
  await expect(restore(IMAGE, PRESENT, 300)).rejects.toMatchObject({ code });
  expect(await items()).toEqual([PRESENT]);
});

test.each([
  ["changes", THEIRS],
  ["adds to", UNSEEN],
  ["deletes", undefined],
] as [string, WireItem | undefined][])(
  "somebody %s the item just before the write: refused, and theirs is there",
  async (_, theirs) => {
    for (const image of [IMAGE, undefined]) {
      await open([], { onRequest: (name, _body, call) => (isWrite(name, call) ? write(theirs) : undefined) });
      const { outcome } = await restore(image);
      if (theirs === undefined && image === undefined) expect(outcome).toEqual({ done: "restored" });
      else expect(outcome).toEqual({ done: "changed", written: "no", present: theirs });
      expect(await items()).toEqual(theirs ? [sdkItem(theirs)] : []);
      if (image) await close();
    }
  },
);

test("an item that appears where there was none is not overwritten", async () => {
  await open([], { onRequest: (name, _body, call) => (isWrite(name, call) ? write(THEIRS) : undefined) });
  const { outcome } = await restore(IMAGE, null);
  expect(outcome).toEqual({ done: "changed", written: "no", present: THEIRS });
  expect(await items()).toEqual([THEIRS]);
});

test("somebody writes right after the write: that this version was there is not denied", async () => {
  const afterwards: Partial<FaultProxyOptions> = {
    onResponse: (name, _status, _body, call) => (isWrite(name, call) ? write(THEIRS) : undefined),
  };
  await open([], afterwards);
  const told = await restore(IMAGE);
  expect(told.outcome).toEqual({ done: "changed", written: "yes", present: THEIRS });
  await close();
  await open([onWrites({ kind: "reset-after" }, { nth: 1 })], afterwards);
  const lost = await restore(IMAGE);
  expect(lost.outcome).toEqual({ done: "changed", written: "unknown", present: THEIRS });
  expect(await items()).toEqual([THEIRS]);
});

test("what is as the version was is not written; changed meanwhile, it is not called restored", async () => {
  await open([]);
  expect(await restore(IMAGE, IMAGE)).toMatchObject({
    plan: { action: "nothing" },
    outcome: { done: "restored" },
  });
  const plan = await planRestore(table, KEY, IMAGE, never);
  await stored.put(THEIRS);
  expect(await carryOutRestore(table, plan, PATIENCE_MS, never)).toMatchObject({
    done: "changed",
    written: "no",
  });
  expect(proxy.stats.calls.PutItem).toBeUndefined();
});

test("stopped between attempts it ends, with nothing done", async () => {
  await open([onWrites({ kind: "throttle" }, { always: true })]);
  await stored.put(PRESENT);
  const plan = await planRestore(table, KEY, IMAGE, never);
  const stop = new AbortController();
  const restoring = carryOutRestore(table, plan, PATIENCE_MS, stop.signal);
  while (proxy.stats.calls.PutItem === undefined) await Bun.sleep(2);
  stop.abort(new Error("stopped"));
  await expect(restoring).rejects.toThrow();
  expect(await items()).toEqual([PRESENT]);
});

const isWrite = (name: string, call: number) => (name === "PutItem" || name === "DeleteItem") && call === 1;

/** As somebody else does, past the proxy. */
function write(theirs: WireItem | undefined): Promise<void> {
  return theirs ? stored.put(sdkItem(theirs)) : stored.delete(KEY);
}

async function close(): Promise<void> {
  table.close();
  await proxy.stop();
}
