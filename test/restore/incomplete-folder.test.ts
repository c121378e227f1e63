import { afterEach, beforeEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { newPlace, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { restoreInto, undoPath } from "./helpers/run-restore.ts";
import { withSource } from "./sources/opened.ts";
import { writeVersions } from "./sources/stored-history.ts";

let place: TestPlace;
let table: TestTable;

const item = (id: string) => ({ id: { S: id } });
const name = (id: string) =>
  createHash("sha256")
    .update(JSON.stringify(item(id)))
    .digest("hex");

beforeEach(async () => {
  place = await newPlace("directory");
  table = await createTable();
  await table.load([item("a"), item("b"), item("c")]);
  for (const id of ["a", "b"]) await place.put(`orders/${name(id)}`, JSON.stringify(item(id)));
});

afterEach(async () => {
  await place.drop();
  await table.drop();
});

const restore = (options: Partial<Parameters<typeof restoreInto>[1]>, at?: number) =>
  withSource(place, "orders", at === undefined ? {} : { at }, async (source) => {
    using undo = undoPath();
    return await restoreInto(table.location, { source, undoFile: undo.path, ...options });
  });

async function expectAll(): Promise<void> {
  expect((await table.items()).map(({ id }) => id!.S).sort()).toEqual(["a", "b", "c"]);
}

test("a folder whose backfill has not ended deletes nothing, and says what it lacks", async () => {
  await place.put("orders.backfill.json", "{}");
  await expect(restore({ mode: "replace" })).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining("backfill"),
  });
  const { summary, events } = await restore({ mode: "merge" });
  expect(summary.outcome).toBe("restored");
  expect(events).toContainEqual({ type: "warning", message: expect.stringContaining("has not ended") });
  await expectAll();
});

test("a record whose object is damaged is not deleted", async () => {
  await place.put(`orders/${name("b")}`, '{"id":');
  const all = await restore({ mode: "replace" });
  expect(all.summary).toMatchObject({
    outcome: "incomplete",
    plan: undefined,
    failure: expect.stringContaining(name("b")),
  });
  const one = await restore({ mode: "replace", keys: [item("b")] });
  expect(one.summary).toMatchObject({
    outcome: "incomplete",
    failure: expect.stringContaining("is not JSON"),
  });
  await expectAll();
  const merged = await restore({ mode: "merge" });
  expect(merged.summary).toMatchObject({ outcome: "restored", totals: { foreign: 1 } });
  await expectAll();
});

test("objects of other names keep nothing from being deleted", async () => {
  await place.put("orders/README.txt", "hello");
  const { summary } = await restore({ mode: "replace" });
  expect(summary).toMatchObject({ outcome: "restored", totals: { foreign: 1, written: { delete: 1 } } });
});

test("a record of which the version of the moment is not kept any more is not deleted", async () => {
  const at = Date.parse("2025-05-05T05:05:05.000Z");
  for (const id of ["a", "b", "c"]) {
    await rm(join(place.url, "orders", name(id)), { force: true });
    const kept = { item: item(id), stored: at + 9_000, event: at + 9_000, cut: true };
    const older = { item: item(id), stored: at - 9_000, event: at - 9_000 };
    await writeVersions(join(place.url, "orders"), name(id), id === "b" ? [kept] : [older, kept]);
  }
  const all = await restore({ mode: "replace" }, at);
  expect(all.summary).toMatchObject({
    outcome: "incomplete",
    plan: undefined,
    failure: expect.stringContaining("not kept"),
  });
  const one = await restore({ mode: "replace", keys: [item("b")] }, at);
  expect(one.summary).toMatchObject({ outcome: "incomplete", failure: expect.stringContaining("not kept") });
  const merged = await restore({ mode: "merge" }, at);
  expect(merged.summary).toMatchObject({ outcome: "restored", totals: { foreign: 1 } });
  await expectAll();
});
