import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { CreateTableCommand, DeleteItemCommand, DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { ScratchTable } from "../../src/core/drill/scratch-table.ts";
import type { KeyAttribute } from "../../src/core/item/attribute-value.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import { dumpHere } from "../backup/dump-here.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { newPlace, type TestPlace } from "../helpers/stores.ts";
import { createTable, type Item, type KeySchema, type TestTable } from "../helpers/table.ts";
import { writeFullExport } from "../restore/sources/write-export.ts";
import { openAt } from "../store/directory-place.ts";
import { copyOf, detailOf, drilled, forge, resultsOf, spoilManifest, tablesCalled } from "./drilled.ts";

const KEY: KeySchema = { hash: { name: "shop", type: "S" }, range: { name: "n", type: "N" } };
const DIGITS = "1234567890123456789012345678901234567.8";
const ITEMS = 60;

const item = (n: number): Item => ({
  shop: { S: `shop ${n % 7}` },
  n: { N: `${n}` },
  total: { N: DIGITS },
  tags: { SS: ["y", "x"] },
  deep: { M: { list: { L: [{ NULL: true }, { S: "" }, { B: Uint8Array.of(0, 255) }] } } },
});

const ALL_PASSED = {
  source: "passed",
  written: "passed",
  count: "passed",
  items: "passed",
  "manifest-fingerprint": "passed",
} as const;

let table: TestTable;
let place: TestPlace;

beforeAll(async () => {
  table = await createTable(KEY);
  await table.load(Array.from({ length: ITEMS }, (_, n) => item(n)));
  place = await newPlace("directory");
  await dumpHere(table.location, await openAt(place.url));
});

afterAll(async () => {
  await place.drop();
  await table.drop();
});

describe("a drill proves", () => {
  test("a good dump, also against the live table, and leaves nothing", async () => {
    const { result, left, events } = await drilled(place, "j", { against: table.location });
    expect(result).toMatchObject({
      outcome: "proved",
      failure: undefined,
      facts: { kind: "dump", table: { name: table.name } },
      restored: { items: ITEMS },
      differences: undefined,
      end: { made: true, removed: true, problem: undefined },
    });
    expect(resultsOf(result)).toEqual({ ...ALL_PASSED, against: "passed" });
    expect(left).toEqual([]);
    const manifest = JSON.parse((await place.get("j/manifest.json"))!.toString());
    expect(result.restored!.fingerprint.digest).toBe(manifest.fingerprint.digest);
    expect(result.facts!.asOf).toBe(Date.parse(manifest.startedAt));
    // A unit for each small item, and no more.
    expect(result.cost.writeUnits).toBe(ITEMS);
    const { writeUnits, readUnits, liveReadUnits, dollars } = result.cost;
    // Two consistent scans of the one table, and one at half the price of the other.
    expect(liveReadUnits).toBeGreaterThan(0);
    expect(readUnits).toBe(4 * liveReadUnits);
    expect(dollars).toBeCloseTo((writeUnits + readUnits + liveReadUnits) / 1e6, 12);
    expect(events.at(-1)).toMatchObject({
      type: "finished",
      summary: { outcome: "restored", created: true, undoFile: undefined },
    });
  });

  test("a dump of an empty table", async () => {
    const empty = await createTable(KEY);
    const other = await newPlace("directory");
    await dumpHere(empty.location, await openAt(other.url));
    const { result, left } = await drilled(other, "j", { against: empty.location });
    expect(resultsOf(result)).toEqual({ ...ALL_PASSED, against: "passed" });
    expect(result.outcome).toBe("proved");
    expect(left).toEqual([]);
    await other.drop();
    await empty.drop();
  });

  test("a file without a manifest, told what the key is", async () => {
    await using copy = await copyOf(place);
    const lines = [`{"id":{"S":"a"}}`, `{"id":{"S":"b"},"n":{"N":"1.50"}}`];
    await copy.put("items", `${lines.join("\n")}\n`);
    const { result } = await drilled(copy, "items", { key: [{ name: "id", type: "S" }] });
    expect(result.outcome).toBe("proved");
    expect(resultsOf(result)).toEqual({
      source: "passed",
      written: "passed",
      count: "passed",
      items: "passed",
    });
    expect(detailOf(result, "source")).toContain("no manifest");
  });
});

test("finds out what the key of a folder's records is", async () => {
  const folder = await newPlace("directory");
  for (let n = 0; n < 20; n++) {
    const key = { n: { N: `${n}` }, shop: { S: "a" } };
    const name = createHash("sha256").update(JSON.stringify(key)).digest("hex");
    await folder.put(`inc/${name}`, JSON.stringify({ ...key, other: { N: "1" } }));
  }
  await folder.put("inc/README", "of nobody");
  const { result, left, events } = await drilled(folder, "inc");
  expect(result).toMatchObject({ outcome: "proved", facts: { kind: "folder" }, restored: { items: 20 } });
  const started = events.find((event) => event.type === "started");
  expect(started!.table.schema.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: "n", type: "N" },
    { name: "shop", type: "S" },
  ]);
  expect(left).toEqual([]);
  await folder.drop();
});

test("takes DynamoDB's own export, and refuses one that was changed", async () => {
  const place = await newPlace("directory");
  const items = Array.from({ length: 30 }, (_, n) => ({ id: { S: `${n}` }, n: { N: "1" } }));
  const key: [KeyAttribute] = [{ name: "id", type: "S" }];
  const { folder, data } = await writeFullExport(place, items);
  const good = await drilled(place, folder, { key });
  expect(good.result).toMatchObject({
    outcome: "proved",
    facts: { kind: "export", asOf: Date.parse("2026-11-04T07:28:34.028Z") },
    restored: { items: 30 },
  });
  await place.put(data[0]!, gzipSync(`${JSON.stringify({ Item: { id: { S: "0" }, n: { N: "2" } } })}\n`));
  const bad = await drilled(place, folder, { key });
  expect(bad.result).toMatchObject({ outcome: "not-proved", end: { made: false } });
  expect([...good.left, ...bad.left]).toEqual([]);
  await place.drop();
});

describe("a drill does not prove", () => {
  test("a dump that lacks an item, however well it was covered up", async () => {
    await using copy = await copyOf(place);
    await forge(copy, "j", (lines) => lines.slice(1));
    const { result, left } = await drilled(copy, "j");
    expect(result.outcome).toBe("not-proved");
    expect(resultsOf(result)).toEqual({ ...ALL_PASSED, "manifest-fingerprint": "failed" });
    expect(detailOf(result, "manifest-fingerprint")).toBe(
      `fingerprint differs from the manifest's in 1 of 4,096 buckets (${ITEMS - 1} items and ${ITEMS})`,
    );
    expect(left).toEqual([]);
  });

  test("a dump with an altered item, its checksum made to fit", async () => {
    await using copy = await copyOf(place);
    await forge(copy, "j", ([first, ...others]) => [
      first!.replace(DIGITS, `${DIGITS.slice(0, -1)}9`),
      ...others,
    ]);
    const { result, left } = await drilled(copy, "j");
    expect(result.outcome).toBe("not-proved");
    expect(resultsOf(result)).toEqual({ ...ALL_PASSED, "manifest-fingerprint": "failed" });
    expect(detailOf(result, "manifest-fingerprint")).toContain("in 1 of 4,096 buckets");
    expect(left).toEqual([]);
  });

  test("a dump with a record twice", async () => {
    await using copy = await copyOf(place);
    await forge(copy, "j", (lines) => [...lines, lines[0]!]);
    const { result } = await drilled(copy, "j");
    expect(resultsOf(result)).toMatchObject({ count: "failed", items: "failed" });
    expect(detailOf(result, "count")).toBe(
      `${ITEMS} items, and ${ITEMS + 1} the manifest says; the backup holds 1 record once more`,
    );
  });

  test.each([
    ["a file that was cut short", /SHA-256|cut|damaged|ends|unexpected/i, cutFile],
    ["a file that is gone", /is not there/, (copy: TestPlace) => copy.remove("j/1")],
    [
      "a file with another checksum than the manifest's",
      /SHA-256 is not what its manifest says/,
      (copy: TestPlace) =>
        spoilManifest(copy, "j", (manifest) => ({
          ...manifest,
          files: manifest.files.map((file) => ({ ...file, sha256: "0".repeat(64) })),
        })),
    ],
    [
      "a file with another count than the manifest's",
      /its manifest says/,
      (copy: TestPlace) =>
        spoilManifest(copy, "j", (manifest) => ({
          ...manifest,
          items: manifest.items + 3,
          files: manifest.files.map((file) => ({ ...file, items: file.items + 1 })),
        })),
    ],
    [
      "items of another table than the manifest's",
      /without the key "id" \(S\)/,
      (copy: TestPlace) =>
        spoilManifest(copy, "j", ({ fingerprint, ...manifest }) => ({
          ...manifest,
          table: { ...(manifest.table as object), keySchema: [{ name: "id", type: "S" }] },
        })),
    ],
  ])("%s: no table is made for it", async (_, reason, spoil) => {
    await using copy = await copyOf(place);
    await spoil(copy);
    const { result, left } = await drilled(copy, "j");
    expect(result).toMatchObject({ outcome: "not-proved", end: { made: false, removed: true } });
    expect(result.failure).toMatch(reason);
    expect(detailOf(result, "source")).toBe(result.failure!);
    const { source, ...others } = resultsOf(result);
    expect(source).toBe("failed");
    expect(new Set(Object.values(others))).toEqual(new Set(["not-done"]));
    expect(left).toEqual([]);
  });

  test("a backup with an item that DynamoDB refuses", async () => {
    await using copy = await copyOf(place);
    await forge(copy, "j", ([first, ...others]) => {
      const { shop, n } = JSON.parse(first!);
      return [JSON.stringify({ shop, n, huge: { S: "x".repeat(450_000) } }), ...others];
    });
    const { result, left } = await drilled(copy, "j");
    expect(result.outcome).toBe("not-proved");
    expect(resultsOf(result)).toMatchObject({ source: "passed", written: "failed", count: "failed" });
    expect(detailOf(result, "written")).toBe("1 record refused by DynamoDB");
    expect(left).toEqual([]);
  });

  test("a table that has lost a record since it was written", async () => {
    let scans = 0;
    const proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      async onRequest(operation, body) {
        if (operation !== "Scan" || scans++ > 0) return;
        const { TableName } = JSON.parse(body!);
        const { shop, n } = item(7);
        await table.client.send(new DeleteItemCommand({ TableName, Key: { shop: shop!, n: n! } }));
      },
    });
    const { result, left } = await drilled(place, "j", { endpoint: proxy.url });
    expect(result.outcome).toBe("not-proved");
    expect(resultsOf(result)).toEqual({
      source: "passed",
      written: "failed",
      count: "failed",
      items: "failed",
      "manifest-fingerprint": "failed",
    });
    expect(detailOf(result, "written")).toBe("1 record read back otherwise");
    expect(detailOf(result, "count")).toBe("59 items, and 60 the manifest says");
    expect(left).toEqual([]);
    await proxy.stop();
  });

  test("a dump whose live table differs: by how many records, and which", async () => {
    const live = await createTable(KEY);
    await live.load(Array.from({ length: ITEMS }, (_, n) => item(n + 2)));
    await live.put({ ...item(10), total: { N: "1" } });
    const { result, left } = await drilled(place, "j", { against: live.location });
    expect(result.outcome).toBe("not-proved");
    expect(resultsOf(result)).toEqual({ ...ALL_PASSED, against: "failed" });
    expect(result.differences).toMatchObject({ onlyRestored: 2, different: 1, onlyLive: 2 });
    const examples = result.differences!.examples.map(({ n }) => Number((n as { N: string }).N));
    expect(examples.sort((a, b) => a - b)).toEqual([0, 1, 10, 60, 61]);
    expect(left).toEqual([]);
    await live.drop();
  });
});

async function cutFile(copy: TestPlace): Promise<void> {
  const body = (await copy.get("j/1"))!;
  await copy.put("j/1", body.subarray(0, body.length - 20));
}

describe("the scratch table", () => {
  test("is gone after a failure, and nothing is said of the backup", async () => {
    const proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      rules: [{ fault: { kind: "access-denied" }, operations: ["BatchWriteItem"], always: true }],
    });
    const { result, left } = await drilled(place, "j", { endpoint: proxy.url });
    expect(result).toMatchObject({ outcome: "incomplete", end: { made: true, removed: true } });
    expect(result.failure).toContain("not allowed to BatchWriteItem");
    expect(left).toEqual([]);
    await proxy.stop();
  });

  test.each(["writing", "verifying"] as const)("is gone when the run is stopped while %s", async (phase) => {
    const stop = new AbortController();
    const { result, left } = await drilled(place, "j", {
      stop,
      on: (event) => event.type === "phase" && event.phase === phase && stop.abort(new Error("stop")),
    });
    expect(result).toMatchObject({ outcome: "interrupted", end: { made: true, removed: true } });
    expect(Object.values(resultsOf(result))).not.toContain("failed");
    expect(left).toEqual([]);
  });

  test("is gone when it could not be seen whether it was made", async () => {
    const proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      rules: [
        // The first is asked before anything is made, the second waits for the table to be ready.
        { fault: { kind: "access-denied" }, operations: ["DescribeTable"], nth: 3 },
      ],
    });
    const { result, left } = await drilled(place, "j", { endpoint: proxy.url });
    expect(result).toMatchObject({ outcome: "incomplete", end: { removed: true } });
    expect(proxy.stats.calls.CreateTable).toBe(1);
    expect(left).toEqual([]);
    await proxy.stop();
  });

  test("that cannot be deleted is told by its name", async () => {
    const proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      rules: [{ fault: { kind: "access-denied" }, operations: ["DeleteTable"], always: true }],
    });
    const { result, left } = await drilled(place, "j", { endpoint: proxy.url });
    expect(result).toMatchObject({ outcome: "proved", end: { made: true, removed: false } });
    expect(result.end.problem).toContain("not allowed to DeleteTable");
    expect(left).toHaveLength(1);
    await table.client.send(new DeleteTableCommand({ TableName: left[0]! }));
    await proxy.stop();
  });

  test("is let go of after failures that pass", async () => {
    const proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      rules: [{ fault: { kind: "server-error" }, operations: ["DeleteTable"], always: true, times: 5 }],
    });
    const { result, left } = await drilled(place, "j", { endpoint: proxy.url });
    expect(result.end).toMatchObject({ removed: true, problem: undefined });
    expect(proxy.stats.faults["server-error"]).toBe(5);
    expect(left).toEqual([]);
    await proxy.stop();
  });

  test("of the same name that somebody else has made meanwhile is left alone", async () => {
    const schema = [{ name: "id", type: "S" }] as const;
    const location = parseTableLocation(`${table.location}-scratch`);
    const scratch = new ScratchTable({ location, schema });
    (await scratch.make(new AbortController().signal)).close();
    const TableName = location.name;
    await table.client.send(new DeleteTableCommand({ TableName }));
    // Tables are told apart by the moment they were made.
    await Bun.sleep(20);
    await table.client.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
    await scratch.remove();
    expect(scratch.end).toMatchObject({ made: true, removed: false });
    expect(scratch.end.problem).toContain("left alone");
    expect(await tablesCalled(TableName)).toEqual([TableName]);
    await table.client.send(new DeleteTableCommand({ TableName }));
  });

  test("is never one that was there before", async () => {
    const schema = [{ name: "id", type: "S" }] as const;
    const scratch = new ScratchTable({ location: parseTableLocation(table.location), schema });
    const { signal } = new AbortController();
    await expect(scratch.requireAbsent(signal)).rejects.toMatchObject({ code: "exists" });
    await expect(scratch.make(signal)).rejects.toMatchObject({ code: "exists" });
    await scratch.remove();
    expect(scratch.end).toMatchObject({ made: false, removed: true });
    expect(await table.items()).toHaveLength(ITEMS);
  });
});
