import { afterAll, beforeAll, expect, test } from "bun:test";
import { createWriteStream, existsSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { createDice } from "../../src/core/demo/dice.ts";
import { dynamoDbClient } from "../helpers/dynamodb.ts";
import { uniqueName } from "../helpers/environment.ts";
import type { FaultRule } from "../helpers/fault-proxy.ts";
import { order } from "../helpers/orders.ts";
import { createTable, type Item, type TestTable } from "../helpers/table.ts";
import { readItems } from "../helpers/table-items.ts";
import { newFolder } from "./helpers/changes.ts";
import { startCountingProxy } from "./helpers/counting-proxy.ts";
import { allWritten, killedUntilDone, plannedItems, plannedUnits } from "./helpers/run-plan.ts";

const MINUTES = 60_000;
const ITEMS = 200_000;
/** Of each kind of change one in so many items: DynamoDB Local takes some thousand conditional writes a second, and no more. */
const EVERY = 25;
const CHANGES = ITEMS / EVERY;
/** Of what is planned: what is written twice, because a kill or a lost answer came before it was noted. */
const MOST_TWICE = 0.05;

const RULES: FaultRule[] = [
  { fault: { kind: "throttle" }, rate: 0.02 },
  { fault: { kind: "server-error" }, rate: 0.002 },
  { fault: { kind: "reset-before" }, rate: 0.002 },
  { fault: { kind: "reset-after" }, rate: 0.005 },
  { fault: { kind: "truncate" }, rate: 0.002 },
  { fault: { kind: "unprocessed", share: 0.4 }, rate: 0.1 },
];

/** One in ten takes three write units or four, the others one. The server gives the total back as it is spelled here. */
function item(number: number, note = ""): Item {
  const small = { ...order(`order-${number}`, note), total: { N: `${number}.25` } };
  return number % 10 === 0 ? { ...small, text: { S: "y".repeat(2_500 + (number % 7) * 100) } } : small;
}

function* source(): Generator<Item> {
  for (let number = 0; number < ITEMS; number++) yield item(number);
}

function* sourceLines(): Generator<string> {
  for (const one of source()) yield `${JSON.stringify(one)}\n`;
}

/** What a table holds that has drifted away from the source. */
function* drifted(): Generator<Item> {
  for (let number = 0; number < ITEMS; number++) {
    if (number % EVERY === 1) continue;
    yield number % EVERY === 10 ? item(number, "spoiled ".repeat(number % 300)) : item(number);
  }
  for (let number = 0; number < CHANGES; number++) yield item(ITEMS + number);
}

let table: TestTable;
let folder: ReturnType<typeof newFolder>;

beforeAll(async () => {
  folder = newFolder();
  await pipeline(sourceLines, createGzip(), createWriteStream(folder.path("backup.gz")));
  table = await createTable();
  await table.load(drifted());
}, 30 * MINUTES);

afterAll(async () => {
  await table.drop();
  folder.drop();
}, MINUTES);

/** Fails unless each item of the source is there, and no other. */
function expectSource(items: Item[]): void {
  const there = new Map(items.map((one) => [one.id!.S!, one]));
  const wrong: string[] = [];
  for (const wanted of source()) {
    const id = wanted.id!.S!;
    if (!Bun.deepEquals(sorted(there.get(id)), sorted(wanted))) wrong.push(id);
    there.delete(id);
  }
  expect({ wrong: wrong.slice(0, 5), extraneous: [...there.keys()].slice(0, 5) }).toEqual({
    wrong: [],
    extraneous: [],
  });
}

const sorted = (one: Item | undefined) => one && { ...one, tags: { SS: one.tags!.SS!.toSorted() } };

/** Restores through a faulty proxy, killed after random numbers of writes and gone on with, until it is done. */
async function restoredAgainstAll(name: string, mostWrites: number, seed: number, more: string[]) {
  const counting = await startCountingProxy(RULES, seed);
  const dice = createDice(seed);
  const undoFile = folder.path(`${name}.ndjson`);
  const words = ["restore-table", folder.path("backup.gz"), `${counting.proxy.url}/${name}`];
  const { last, kills } = await killedUntilDone([...words, "--undo-file", undoFile, ...more], () => ({
    timeoutMs: 30 * MINUTES,
    started: (kill) => counting.after(dice.between(1, mostWrites), kill),
  }));
  await counting.proxy.stop();
  expect(last.code, last.output).toBe(0);
  expect(kills).toBeGreaterThan(1);
  expect(existsSync(undoFile)).toBe(true);
  const { throttle, "reset-after": lost, unprocessed } = counting.proxy.stats.faults;
  for (const count of [throttle, lost, unprocessed]) expect(count).toBeGreaterThan(5);
  return { summary: last.summary!, writeUnits: counting.writeUnits };
}

/** Everything as planned: each change counted once over all runs, and as many units spent as were told before. */
function expectAsPlanned(
  { summary, writeUnits }: Awaited<ReturnType<typeof restoredAgainstAll>>,
  items: { create: number; replace: number; delete: number },
): void {
  expect(summary.outcome).toBe("restored");
  expect(plannedItems(summary.plan!)).toEqual(items);
  expect(allWritten(summary)).toEqual(items);
  expect(summary.totals).toMatchObject({ raced: 0, undone: 0, discrepancies: 0 });
  const units = plannedUnits(summary.plan!);
  expect(units).toBeGreaterThan(items.create + items.replace + items.delete);
  expect(Math.abs(writeUnits / units - 1)).toBeLessThan(MOST_TWICE);
}

test(
  "200,000 items into a table of which 24,000 differ, against faults and kills: equal, at the write units planned",
  async () => {
    const restored = await restoredAgainstAll(table.name, 12_000, 1, ["--mode", "replace"]);
    expectAsPlanned(restored, { create: CHANGES, replace: CHANGES, delete: CHANGES });
    expectSource(await table.items());
  },
  40 * MINUTES,
);

test(
  "200,000 items into a table that is made for them, against faults and kills: equal, at the write units planned",
  async () => {
    const name = uniqueName("t");
    const client = dynamoDbClient();
    try {
      const restored = await restoredAgainstAll(name, 5_000, 2, ["--create", "--like", table.location]);
      expectAsPlanned(restored, { create: ITEMS, replace: 0, delete: 0 });
      expectSource(await readItems(client, name));
    } finally {
      await client.send(new DeleteTableCommand({ TableName: name }));
      client.destroy();
    }
  },
  40 * MINUTES,
);
