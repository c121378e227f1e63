import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { uniqueName } from "../helpers/environment.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { withPlace } from "../helpers/stores.ts";
import { createTable } from "../helpers/table.ts";
import {
  BACKUP,
  BEFORE,
  byId,
  MERGED,
  newRestorable,
  type Restorable,
  record,
  textsOf,
} from "./command-fixture.ts";

let place: Restorable;
let proxy: FaultProxy | undefined;

beforeEach(async () => {
  place = await newRestorable();
});
afterEach(async () => {
  await proxy?.stop();
  proxy = undefined;
  await place.drop();
});

/** The table, with every request to it counted. */
async function watched(): Promise<{ location: string; calls: Record<string, number> }> {
  proxy = await startFaultProxy({ target: dynamoDbEndpoint() });
  return { location: `${proxy.url}/${place.table.name}`, calls: proxy.stats.calls };
}

const WRITES = ["PutItem", "DeleteItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems"];

test("a dry run shows the plan, and writes nothing", async () => {
  const { location, calls } = await watched();
  const result = await place.ddbr(["restore-table", "./backup.ndjson", location, "--dry-run"]);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(textsOf(result)).toContain(
    "[plan] create 1 item 6 B, replace 1, delete 0; 2 write units, about $0.0000013 without indexes; equal 1; left alone: 1 extraneous",
  );
  expect(textsOf(result)).toContain("[summary] dry run: nothing was written");
  expect(Object.keys(calls).filter((operation) => WRITES.includes(operation))).toEqual([]);
  expect(calls.Scan).toBeGreaterThan(0);
  expect(place.undoFiles()).toEqual([]);
  expect(await place.values()).toEqual(BEFORE);
});

test("where nobody can be asked it is refused before anything is read", async () => {
  const { location, calls } = await watched();
  const result = await place.ddbr(["restore-table", "./backup.ndjson", location]);
  expect(result).toMatchObject({ code: 2, stdout: "" });
  expect(result.stderr).toBe(
    "ddbr: without a terminal nobody can be asked whether to carry out the plan - say --dry-run to see the plan, or --yes to carry it out\n",
  );
  expect(calls).toEqual({});
});

test.each([
  ["merge", [], MERGED],
  ["missing", ["--mode", "missing"], { ...BEFORE, c: "3" }],
  ["replace", ["--mode", "replace"], { a: "1", b: "2", c: "3" }],
])("%s", async (_, args, expected) => {
  const result = await place.restore([...args, "--yes"]);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(await place.values()).toEqual(expected);
  const [undoFile] = place.undoFiles();
  expect(undoFile).toMatch(new RegExp(`^ddbr-restore-${place.table.name}-[0-9a-f]{8}\\.ndjson$`));
  expect(statSync(join(place.folder, undoFile!)).mode & 0o777).toBe(0o600);
  expect(result.stdout).toContain(`to take it back: ddbr undo ./${undoFile}\n`);

  const again = await place.restore([...args, "--yes", "--quiet"]);
  expect(again.code).toBe(0);
  expect(textsOf(again)[1]).toStartWith("[summary] nothing to do: ");
  expect(place.undoFiles()).toEqual([undoFile!]);
});

test("from a bucket", async () => {
  await withPlace("s3", async (bucket) => {
    await bucket.put("old/backup.json", BACKUP.map((item) => `${JSON.stringify(item)}\n`).join(""));
    const words = ["restore-table", `${bucket.url}/old/backup.json`, place.table.location, "--yes"];
    const result = await place.ddbr([...words, ...bucket.options()], { env: bucket.env });
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(await place.values()).toEqual(MERGED);
  });
});

test("phases are told in their order; --quiet leaves progress out", async () => {
  const told = textsOf(await place.restore(["--yes"]));
  const steps = told.filter((text) => /^\[(start|phase|plan|summary)\]/.test(text));
  expect(steps.map((text) => text.split(/[ :]/, 2).join(" ")).slice(0, 7)).toEqual([
    "[start] source",
    "[start] table",
    "[phase] reading",
    "[phase] planning",
    "[plan] create",
    "[phase] writing",
    "[phase] verifying",
  ]);
  expect(steps[7]).toBe("[summary] restored and verified: 1 created, 1 replaced, 0 deleted");
  const quiet = textsOf(await place.restore(["--dry-run", "--quiet"]));
  expect(new Set(quiet.map((text) => text.split(" ", 1)[0]))).toEqual(new Set(["[plan]", "[summary]"]));
});

test("--json prints nothing but events", async () => {
  const result = await place.restore(["--yes", "--json", "--write-price", "1.25", "--segments", "2"]);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  const events = result.stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  for (const { event, time } of events) {
    expect(event).toBeString();
    expect(new Date(time).toISOString()).toBe(time);
  }
  const named = (name: string) => events.filter(({ event }) => event === name);
  expect(named("started")[0]).toMatchObject({
    job: "restore-table",
    source: "./backup.ndjson",
    mode: "merge",
    dryRun: false,
    segments: 2,
    table: { name: place.table.location, schema: [{ name: "id", type: "S" }] },
  });
  expect(named("phase").map(({ phase }) => phase)).toEqual([
    "reading",
    "planning",
    "asking",
    "writing",
    "verifying",
  ]);
  expect(named("planned")[0]).toMatchObject({
    plan: {
      changes: {
        create: { items: 1, bytes: 6, writeUnits: 1 },
        replace: { items: 1, bytes: 6, writeUnits: 1 },
        delete: { items: 0, bytes: 0, writeUnits: 0 },
      },
      equal: 1,
      left: { extraneous: 1 },
    },
    undoFile: `./${place.undoFiles()[0]}`,
    cost: { dollars: 0.0000025, perMillion: 1.25 },
  });
  expect(events.at(-1)).toMatchObject({
    event: "finished",
    outcome: "restored",
    undoFile: `./${place.undoFiles()[0]}`,
    totals: { written: { create: 1, replace: 1, delete: 0 }, raced: 0, discrepancies: 0 },
  });
});

describe("parts", () => {
  test.each([
    ["--key", ["--key", '{"id":"c"}', "--key", '{"id":{"S":"x"}}'], { ...BEFORE, c: "3" }],
    ["--partition", ["--partition", "b"], { ...BEFORE, b: "2" }],
    ["--where", ["--where", "v >= 3"], MERGED],
    ["--where, twice", ["--where", "v >= 2", "--where", "v <= 2"], { ...BEFORE, b: "2" }],
  ])("%s", async (_, args, expected) => {
    expect((await place.restore([...args, "--yes"])).code).toBe(0);
    expect(await place.values()).toEqual(expected);
  });

  test("--keys of a file and of standard input", async () => {
    writeFileSync(join(place.folder, "keys"), '{"id":"b"}\n');
    expect((await place.restore(["--keys", "keys", "--yes"])).code).toBe(0);
    expect(await place.values()).toEqual({ ...BEFORE, b: "2" });
    expect((await place.restore(["--keys", "-", "--yes"], { stdin: '{"id":"c"}\n' })).code).toBe(0);
    expect(await place.values()).toEqual(MERGED);
  });

  test("--partition of a number, beside a sort key", async () => {
    const table = await createTable({ hash: { name: "n", type: "N" }, range: { name: "at", type: "S" } });
    const items = ["1 a", "5 a", "5 b", "50 a"].map((text) => {
      const [n, at] = text.split(" ");
      return { n: { N: n! }, at: { S: at! } };
    });
    writeFileSync(join(place.folder, "numbers"), items.map((item) => `${JSON.stringify(item)}\n`).join(""));
    const words = ["restore-table", "./numbers", table.location, "--partition", "5", "--yes"];
    expect(await place.ddbr(words)).toMatchObject({ code: 0, stderr: "" });
    const there = (await table.items()).map(({ n, at }) => `${n!.N} ${at!.S}`);
    expect(there.toSorted()).toEqual(["5 a", "5 b"]);
    await table.drop();
  });

  test("replace deletes what is selected and not in the source, nothing else", async () => {
    await place.table.put(record("y", 10));
    expect((await place.restore(["--key", '{"id":"x"}', "--mode", "replace", "--yes"])).code).toBe(0);
    expect(await place.values()).toEqual({ a: "1", b: "20", y: "10" });
  });
});

describe("--create", () => {
  const made = uniqueName("made");
  const location = `${dynamoDbEndpoint()}/${made}`;
  const create = (args: string[]) =>
    place.ddbr(["restore-table", "./backup.ndjson", location, "--create", ...args]);

  test("makes a table like another, asked only once the plan is known", async () => {
    const like = ["--like", place.table.location];
    expect((await create([...like, "--dry-run"])).code).toBe(0);
    expect((await create(["--yes"])).stderr).toContain(
      "name a table that the new one is to be like with --like",
    );
    const result = await create([...like, "--yes"]);
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toContain("restored and verified: table made, 3 created, 0 replaced, 0 deleted");
    const table = await createTable();
    const { DeleteTableCommand, ScanCommand } = await import("@aws-sdk/client-dynamodb");
    const { Items } = await table.client.send(new ScanCommand({ TableName: made }));
    expect(byId(Items ?? [])).toEqual({ a: "1", b: "2", c: "3" });
    expect((await create([...like, "--yes"])).stderr).toBe(
      `ddbr: ${location}: there is such a table already - leave --create away to restore into it, or give another name\n`,
    );
    await table.client.send(new DeleteTableCommand({ TableName: made }));
    await table.drop();
  });
});

test("an undo file that cannot be begun ends the run before anything is read", async () => {
  const { location, calls } = await watched();
  const named = (file: string) => [
    "restore-table",
    "./backup.ndjson",
    location,
    "--undo-file",
    file,
    "--yes",
  ];
  const there = await place.ddbr(named("backup.ndjson"));
  expect(there.code).toBe(2);
  expect(textsOf(there)).toContain(
    "[summary] failed: backup.ndjson: the file exists - an undo file is never overwritten: name a new one",
  );
  const nowhere = await place.ddbr(named("/no/such/folder/undo"));
  expect(nowhere.code).toBe(2);
  expect(textsOf(nowhere).join("\n")).toContain("failed: /no/such/folder/undo: cannot be written: ENOENT");
  expect(calls.Scan).toBeUndefined();
});

test("what comes from a source is told escaped", async () => {
  const hostile = "\x1b[2J\x07red\u202e";
  writeFileSync(join(place.folder, hostile), `${JSON.stringify(record("h", 1))}\n{"id":{"S":"h"}`);
  const args = ["restore-table", `./${hostile}`, place.table.location, "--yes"];
  const { code, stdout, stderr } = await place.ddbr(args);
  expect(code).toBe(2);
  expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
});
