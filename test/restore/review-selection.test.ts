import { afterEach, beforeEach, expect, test } from "bun:test";
import type { RestoreEvent } from "../../src/core/restore/restore-events.ts";
import type { RestoreSource, SourceRecord } from "../../src/core/restore/restore-source.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { items, restoreInto, sourceOf, undoPath } from "./helpers/run-restore.ts";

let table: TestTable;

const item = (id: string, status: string) => ({ id: { S: id }, status: { S: status } });

beforeEach(async () => {
  table = await createTable();
});

afterEach(() => table.drop());

const byId = async () =>
  Object.fromEntries((await table.items()).map(({ id, status }) => [id!.S, status!.S]));

/** A source whose records come when the table has been read, and something else has happened. */
function sourceAfterScan(records: SourceRecord[], happens: () => Promise<void>) {
  const isRead = Promise.withResolvers<void>();
  let segments = 0;
  const source: RestoreSource = {
    ...sourceOf(records),
    async *records() {
      await isRead.promise;
      await happens();
      yield records;
    },
  };
  const on = (event: RestoreEvent) => {
    if (event.type === "segment-done" && ++segments === 4) isRead.resolve();
  };
  return { source, on };
}

test("a record that no longer meets the condition when it is looked at again is let be", async () => {
  await table.load([item("a", "bad"), item("b", "bad"), item("c", "bad"), item("d", "fine")]);
  const { source, on } = sourceAfterScan(items(item("c", "good")), async () => {
    await table.put(item("a", "mended"));
    await table.put(item("c", "mended"));
  });
  using undo = undoPath();
  const { summary } = await restoreInto(table.location, {
    source,
    on,
    undoFile: undo.path,
    mode: "replace",
    where: ["status = bad"],
  });
  expect(summary).toMatchObject({
    outcome: "restored",
    totals: { written: { create: 0, replace: 0, delete: 1 }, discrepancies: 0 },
  });
  expect(await byId()).toEqual({ a: "mended", c: "mended", d: "fine" });
});

test("a resume needs the part and the moment that the plan was made for also where it names none", async () => {
  await table.load([item("a", "old"), item("b", "old")]);
  const source = sourceOf(items(item("a", "new"), item("b", "new")));
  using undo = undoPath();
  const first = { source, undoFile: undo.path, keys: [{ id: { S: "a" } }], at: 1_700_000_000_000 };
  await restoreInto(table.location, first);
  const whole = await restoreInto(table.location, {
    source,
    undoFile: undo.path,
    resume: true,
    at: first.at,
  });
  expect(whole.summary).toMatchObject({
    outcome: "incomplete",
    failure: expect.stringContaining("selection"),
  });
  const now = await restoreInto(table.location, { ...first, at: undefined, resume: true });
  expect(now.summary).toMatchObject({ outcome: "incomplete", failure: expect.stringContaining(" at ") });
  const same = await restoreInto(table.location, { ...first, resume: true });
  expect(same.summary.outcome).toBe("restored");
});

test("a deletion is judged by the record that the table has, and not by its key alone", async () => {
  await table.load([item("a", "paid"), item("b", "open")]);
  const deleted = (id: string) => ({ deleted: { id: { S: id } } });
  using undo = undoPath();
  const { summary } = await restoreInto(table.location, {
    source: sourceOf([deleted("a"), deleted("b"), deleted("c")], "changes"),
    undoFile: undo.path,
    where: ["status != paid"],
  });
  expect(summary).toMatchObject({ outcome: "restored", totals: { written: { delete: 1 } } });
  expect(await byId()).toEqual({ a: "paid" });
});
