import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { parseTableLocation } from "../../src/core/location.ts";
import { openTable } from "../../src/core/table/table.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { items, restoreInto, sourceOf, undoPath } from "./helpers/run-restore.ts";

let table: TestTable;

const item = (id: string, status: string) => ({ id: { S: id }, status: { S: status } });

beforeEach(async () => {
  table = await createTable();
});

afterEach(() => table.drop());

test("a restore that had made its table and is gone on with overwrites nobody who has written to it since", async () => {
  const ids = Array.from({ length: 300 }, (_, index) => `i${index}`);
  const source = sourceOf(items(...ids.map((id) => item(id, "backup"))));
  const { description } = await openTable(parseTableLocation(table.location));
  const stop = new AbortController();
  using undo = undoPath();
  const first = await restoreInto(table.location, {
    source,
    undoFile: undo.path,
    target: { description, create: () => openTable(parseTableLocation(table.location)) },
    signal: stop.signal,
    // The plan is whole, and the program is gone.
    on: (event) => event.type === "phase" && event.phase === "writing" && stop.abort(),
  });
  expect(first.summary).toMatchObject({ outcome: "interrupted", created: true });
  expect(await table.items()).toEqual([]);
  await table.load([item("i7", "newer"), item("i200", "newer")]);
  const { summary, events } = await restoreInto(table.location, {
    source,
    undoFile: undo.path,
    resume: true,
  });
  expect(summary).toMatchObject({ outcome: "discrepancies", totals: { raced: 2, written: { create: 298 } } });
  const raced = events.flatMap((event) =>
    event.type === "raced" ? [(event.key.id as { S: string }).S] : [],
  );
  expect(raced.sort()).toEqual(["i200", "i7"]);
  const newer = (await table.items()).filter(({ status }) => status!.S === "newer");
  expect(newer.map(({ id }) => id!.S).sort()).toEqual(["i200", "i7"]);
});

test("a new table is not made where its plan cannot be written down, and no half plan is left when it fails", async () => {
  const source = sourceOf(items(item("a", "new")));
  const description = {
    label: "table",
    name: "new",
    schema: [{ name: "id", type: "S" }],
    items: 0,
    bytes: 0,
  } as const;
  let isMade = false;
  const target = {
    description,
    async create(): Promise<never> {
      isMade = true;
      throw new Error("no more tables");
    },
  };
  using undo = undoPath();
  await Bun.write(undo.path, "mine\n");
  const options = { source, undoFile: undo.path, target };
  const refused = await restoreInto(table.location, options);
  expect(refused.summary).toMatchObject({
    outcome: "incomplete",
    failure: expect.stringContaining("exists"),
  });
  expect(isMade).toBe(false);
  using other = undoPath();
  const failed = await restoreInto(table.location, { ...options, undoFile: other.path });
  expect(failed.summary.failure).toContain("no more tables");
  expect(existsSync(other.path)).toBe(false);
});
