import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { RestoreSource } from "../../src/core/restore/restore-source.ts";
import { newPlace, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { items, restoreInto, sourceOf, undoPath } from "./helpers/run-restore.ts";
import { withSource } from "./sources/opened.ts";
import { nameOf, writeVersions } from "./sources/stored-history.ts";
import { writeFullExport } from "./sources/write-export.ts";

let place: TestPlace;
let table: TestTable;

const HOUR = 3_600_000;
const BEGUN = Date.parse("2026-11-17T12:00:00.000Z");
const item = (id: string) => ({ id: { S: id } });
const ALL = ["a", "b", "c"];

beforeEach(async () => {
  place = await newPlace("directory");
  table = await createTable();
  await table.load(ALL.map(item));
});

afterEach(async () => {
  await place.drop();
  await table.drop();
});

const left = async () => (await table.items()).map(({ id }) => id!.S).sort();

function restore(at: number | undefined, options: Partial<Parameters<typeof restoreInto>[1]>) {
  return withSource(place, "orders", at === undefined ? {} : { at }, async (source) => {
    using undo = undoPath();
    return await restoreInto(table.location, {
      source,
      at,
      undoFile: undo.path,
      mode: "replace",
      ...options,
    });
  });
}

async function store(id: string, stored: number): Promise<void> {
  await writeVersions(`${place.url}/orders`, nameOf(item(id)), [{ item: item(id), stored }]);
}

describe("a folder at a moment", () => {
  test("before its beginning deletes no keys", async () => {
    for (const id of ["a", "b"]) await store(id, BEGUN);
    const { summary } = await restore(BEGUN - HOUR, { keys: [item("a"), item("c")] });
    expect(summary).toMatchObject({
      outcome: "incomplete",
      failure: expect.stringContaining("held no record yet at 2026-11-17T11:00:00.000Z"),
    });
    expect(await left()).toEqual(ALL);
    // Once begun, it says that there was no such record.
    const later = await restore(BEGUN + HOUR, { keys: [item("a"), item("c")] });
    expect(later.summary).toMatchObject({ outcome: "restored", totals: { written: { delete: 1 } } });
    expect(await left()).toEqual(["a", "b"]);
  });

  test("at which its backfill had not ended, or not begun, deletes nothing", async () => {
    // A record that the stream brought before the backfill, which took an hour.
    await store("a", BEGUN - HOUR);
    await store("b", BEGUN + HOUR / 2);
    const checkpoint = { format: "ddbr-backfill" };
    await writeVersions(place.url, "orders.backfill.json", [
      { item: checkpoint, stored: BEGUN },
      { item: checkpoint, stored: BEGUN + HOUR / 2 },
      { item: undefined, stored: BEGUN + HOUR },
    ]);
    for (const at of [BEGUN - HOUR / 2, BEGUN, BEGUN + (HOUR / 4) * 3]) {
      await expect(restore(at, {})).rejects.toMatchObject({
        code: "usage",
        message: expect.stringContaining("backfill"),
      });
    }
    expect(await left()).toEqual(ALL);
    const { summary } = await restore(BEGUN + HOUR, {});
    expect(summary).toMatchObject({ outcome: "restored", totals: { written: { delete: 1 } } });
    expect(await left()).toEqual(["a", "b"]);
  });

  test("is whole before a later backfill that is under way now", async () => {
    await store("a", BEGUN);
    await writeVersions(place.url, "orders.backfill.json", [
      { item: {}, stored: BEGUN },
      { item: undefined, stored: BEGUN + 1 },
      { item: {}, stored: BEGUN + HOUR },
    ]);
    await expect(restore(BEGUN + HOUR, {})).rejects.toMatchObject({ code: "usage" });
    await expect(restore(undefined, {})).rejects.toMatchObject({ code: "usage" });
    const { summary } = await restore(BEGUN + HOUR / 2, { dryRun: true });
    expect(summary).toMatchObject({ outcome: "planned", plan: { changes: { delete: { items: 2 } } } });
  });
});

describe("a source of another table", () => {
  test("whose key has more attributes is not taken for one whose records come twice", async () => {
    const source: RestoreSource = {
      ...sourceOf(items({ ...item("a"), n: { N: "1" } }, { ...item("a"), n: { N: "2" } }), "dump"),
      schema: [
        { name: "id", type: "S" },
        { name: "n", type: "N" },
      ],
    };
    using undo = undoPath();
    await expect(restoreInto(table.location, { source, undoFile: undo.path })).rejects.toMatchObject({
      code: "schema",
      message: expect.stringContaining('"id" (S) + "n" (N)'),
    });
  });

  test("is found out by its records where it does not tell its key", async () => {
    const twice = items({ ...item("a"), n: { N: "1" } }, { ...item("a"), n: { N: "2" } });
    using undo = undoPath();
    const exported = await restoreInto(table.location, {
      source: sourceOf(twice, "export"),
      undoFile: undo.path,
    });
    expect(exported.summary).toMatchObject({
      outcome: "incomplete",
      plan: undefined,
      failure: expect.stringContaining("more than once"),
    });
    const file = await restoreInto(table.location, {
      source: sourceOf(twice),
      undoFile: undo.path,
      dryRun: true,
    });
    expect(file.events).toContainEqual({
      type: "warning",
      message: expect.stringContaining("more than once"),
    });
  });
});

test("a file that is but a part of a backup deletes nothing", async () => {
  const line = `${JSON.stringify(item("a"))}\n`;
  const sha256 = createHash("sha256").update(line).digest("hex");
  const files = ["0", "1"].map((name, segment) => ({ segment, name, items: 1, sha256 }));
  for (const { name } of files) await place.put(`dump/${name}`, line);
  await place.put(
    "dump/manifest.json",
    JSON.stringify({ format: "ddbr-backup", version: 1, segments: 2, files }),
  );
  const { data } = await writeFullExport(place, [item("a"), item("b")], { files: 2 });
  for (const part of ["dump/1", data[0]!]) {
    await withSource(place, part, {}, async (source) => {
      using undo = undoPath();
      const options = { source, undoFile: undo.path };
      await expect(restoreInto(table.location, { ...options, mode: "replace" })).rejects.toMatchObject({
        code: "usage",
        message: expect.stringContaining("records of the others are missing"),
      });
      expect((await restoreInto(table.location, options)).summary.outcome).toBe("restored");
    });
  }
  expect(await left()).toEqual(ALL);
});

test("a binary key that is spelled in another way than the table's is not taken for another record", async () => {
  const binary = await createTable({ hash: { name: "id", type: "B" } });
  try {
    const stored = { id: { B: new Uint8Array([0, 1]) } };
    await binary.load([stored]);
    using undo = undoPath();
    // The last two bits are of no byte.
    const source = sourceOf(items({ id: { B: "AAF=" } }));
    const { summary } = await restoreInto(binary.location, { source, undoFile: undo.path, mode: "replace" });
    expect(summary).toMatchObject({ outcome: "incomplete", failure: expect.stringContaining('"AAF="') });
    expect(await binary.items()).toEqual([stored]);
  } finally {
    await binary.drop();
  }
});
