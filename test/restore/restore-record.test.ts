import { afterEach, beforeEach, expect, test } from "bun:test";
import { carryOutRestore } from "../../src/core/history/restore-version.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import { planRecordRestore, type WantedImage } from "../../src/core/restore/restore-record.ts";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { openTable, type Table } from "../../src/core/table/table.ts";
import { withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { openTestStore } from "../history/fixtures/stored-history.ts";
import { backfilled, event, FROM, HOUR, item, MINUTE, SECOND } from "./rewind-runs.ts";
import { md5Name, newWrittenFolder, ownName, type WrittenFolder } from "./written-folder.ts";

const NEVER = new AbortController().signal;

let stored: TestTable;
let table: Table;
let written: WrittenFolder;
let folder: ObjectStore;

beforeEach(async () => {
  [stored, written] = await Promise.all([createTable(), newWrittenFolder()]);
  table = await openTable(parseTableLocation(stored.location));
  folder = await openTestStore(written.path);
});
afterEach(async () => {
  table.close();
  folder.close();
  await Promise.all([stored.drop(), written.drop()]);
});

const plan = (id: string, wanted: WantedImage, from = folder) =>
  planRecordRestore(table, from, { id: { S: id } }, table.description.schema, wanted, NEVER);

/** The record's value at a moment. */
async function valueAt(id: string, at: number): Promise<string> {
  const { plan: planned } = await plan(id, { at });
  return planned.image ? (planned.image as WireItem & { v: { N: string } }).v.N : "absent";
}

test("by the time of its events, stored late or out of order, under whatever names", async () => {
  const [one, two, three] = [FROM, FROM + 10 * SECOND, FROM + 20 * SECOND];
  await written.write(ownName("first"), [backfilled("first", 1, FROM - HOUR)]);
  await written.write(ownName("late"), [
    event("INSERT", "late", 1, one, three + MINUTE),
    event("REMOVE", "late", 3, three, three + MINUTE),
    event("MODIFY", "late", 2, two, three + 2 * MINUTE),
    event("REMOVE", "late", 3, three, three + 2 * MINUTE),
  ]);
  await written.write(md5Name("moved"), [event("INSERT", "moved", 1, one)]);
  await written.write(ownName("moved"), [
    event("MODIFY", "moved", 2, two),
    event("MODIFY", "moved", 3, three),
  ]);
  const moments = [one - 1, one, two - 1, two, three - 1, three, three + HOUR];
  const values = (id: string) => Promise.all(moments.map((at) => valueAt(id, at)));
  expect(await values("late")).toEqual(["absent", "1", "1", "2", "2", "absent", "absent"]);
  expect(await values("moved")).toEqual(["absent", "1", "1", "2", "2", "3", "3"]);
});

test("the plan is carried out: put back, and deleted as it was then", async () => {
  await written.write(ownName("first"), [backfilled("first", 1, FROM - HOUR)]);
  await written.write(ownName("a"), [event("INSERT", "a", 1, FROM), event("MODIFY", "a", 2, FROM + MINUTE)]);
  await stored.put(item("a", 2));
  const back = await plan("a", { at: FROM });
  expect(back).toMatchObject({
    plan: { action: "put" },
    version: { name: ownName("a"), modified: FROM + 2 * SECOND },
  });
  expect(await carryOutRestore(table, back.plan, 1_000, NEVER)).toEqual({ done: "restored" });
  expect(await stored.items()).toEqual([item("a", 1)]);
  const gone = await plan("a", { at: FROM - 1 });
  expect(gone).toMatchObject({ plan: { action: "delete" }, version: undefined });
  expect(await carryOutRestore(table, gone.plan, 1_000, NEVER)).toEqual({ done: "restored" });
  expect(await stored.items()).toEqual([]);
  const version = back.version!.versionId;
  expect(await plan("a", { version })).toMatchObject({ plan: { action: "put", image: item("a", 1) } });
});

test("a version that is a deletion", async () => {
  await written.write(ownName("a"), [event("INSERT", "a", 1, FROM), event("REMOVE", "a", 2, FROM + MINUTE)]);
  await stored.put(item("a", 1));
  const { versionId } = (await plan("a", { at: FROM + MINUTE })).version!;
  expect(await plan("a", { version: versionId })).toMatchObject({
    plan: { action: "delete", image: undefined },
    version: { versionId, deleted: true },
  });
});

test("what the folder does not say is refused, in one line", async () => {
  const early = { at: FROM - MINUTE };
  await expect(plan("a", early)).rejects.toMatchObject({
    code: "no-such-object",
    message: 'never held {"id":"a"}',
  });
  // An insertion tells what was before; but this folder was begun later.
  await written.write(ownName("a"), [event("INSERT", "a", 1, FROM), { stored: FROM + HOUR, holds: "{" }]);
  const refused = { code: "no-such-object", message: expect.stringContaining("at 2026-11-20T14:02:00.000Z") };
  await expect(plan("a", early)).rejects.toMatchObject(refused);
  await written.write(ownName("first"), [backfilled("first", 1, FROM - HOUR)]);
  expect(await plan("a", early)).toMatchObject({ version: undefined });
  await written.write(ownName("filled"), [backfilled("filled", 1, FROM)]);
  await written.write(ownName("joined"), [event("MODIFY", "joined", 1, FROM)]);
  for (const id of ["filled", "joined"]) await expect(plan(id, early)).rejects.toMatchObject(refused);
  await expect(plan("a", { version: "none" })).rejects.toMatchObject({
    code: "no-such-object",
    message: 'the record has no version "none"',
  });
  await expect(plan("a", { at: FROM + 2 * HOUR })).rejects.toMatchObject({ code: "damaged" });
  await written.write(ownName("me"), [backfilled("somebody", 1, FROM)]);
  await expect(plan("me", { at: FROM })).rejects.toMatchObject({
    code: "damaged",
    message: expect.stringContaining("it holds another record"),
  });
});

test("a bucket that keeps no versions has no moments", async () => {
  await withPlace(
    "s3",
    async (place) => {
      await place.put(`folder/${ownName("a")}`, JSON.stringify(item("a", 1)));
      const bucket = await openTestStore(`${place.url}/folder`);
      await expect(plan("a", { at: Date.now() }, bucket)).rejects.toMatchObject({ code: "usage" });
      bucket.close();
    },
    { versioned: false },
  );
});
