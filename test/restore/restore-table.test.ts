import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import { undoChanges } from "../../src/core/restore/undo-changes.ts";
import { openTable } from "../../src/core/table/table.ts";
import { createTable, type Item, type KeySchema, type TestTable } from "../helpers/table.ts";
import { items, restoreInto, sourceOf, undoPath } from "./helpers/run-restore.ts";

const KEY: KeySchema = { hash: { name: "shop", type: "S" }, range: { name: "n", type: "N" } };

const DIGITS = "1234567890123456789012345678901234567.8";

/** Wire form, which is the SDK's as well where there is no binary. */
const item = (shop: string, n: number, more: WireItem = {}): WireItem & Item =>
  ({ shop: { S: shop }, n: { N: String(n) }, ...more }) as WireItem & Item;

const SOURCE = [
  item("a", 1, { total: { N: DIGITS }, tags: { SS: ["y", "x"] }, empty: { S: "" } }),
  item("a", 2, { status: { S: "paid" } }),
  item("b", 1, { status: { S: "open" } }),
  item("b", 2, { status: { S: "open" } }),
  item("c", 1),
];

const TABLE = [
  // Equal, though spelled otherwise.
  item("a", 1, { empty: { S: "" }, total: { N: DIGITS }, tags: { SS: ["x", "y"] } }),
  item("a", 2, { status: { S: "spoiled" } }),
  item("b", 1, { status: { S: "open" }, extra: { L: [{ NULL: true }] } }),
  item("d", 1, { status: { S: "open" } }),
];

let table: TestTable;
const made: TestTable[] = [];

beforeEach(async () => {
  table = await createTable(KEY);
  made.push(table);
  await table.load(TABLE);
});

afterAll(async () => {
  for (const one of made) await one.drop();
});

const byKey = (list: readonly Item[]) =>
  list
    .map((one) =>
      JSON.stringify(one, (_, value) => (value instanceof Set ? [...value].sort() : sorted(value))),
    )
    .sort();

function sorted(value: unknown): unknown {
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.toSorted();
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function expectItems(...expected: Item[]): Promise<void> {
  expect(byKey(await table.items())).toEqual(byKey(expected));
}

describe("restoring a table", () => {
  test("merges: puts what is missing or different and deletes nothing", async () => {
    using undo = undoPath();
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
    });
    expect(summary).toMatchObject({
      outcome: "restored",
      plan: {
        changes: { create: { items: 2 }, replace: { items: 2 }, delete: { items: 0 } },
        equal: 1,
        left: { extraneous: 1, present: 0 },
      },
      totals: { written: { create: 2, replace: 2, delete: 0 }, raced: 0, discrepancies: 0, undone: 0 },
      undoFile: undo.path,
    });
    await expectItems(...SOURCE, TABLE[3]!);
  });

  test("replaces: the table becomes equal to the source", async () => {
    using undo = undoPath();
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
      mode: "replace",
    });
    expect(summary.outcome).toBe("restored");
    expect(summary.totals.written).toEqual({ create: 2, replace: 2, delete: 1 });
    await expectItems(...SOURCE);
  });

  test("only adds what is absent", async () => {
    using undo = undoPath();
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
      mode: "missing",
    });
    expect(summary.plan!.left).toMatchObject({ present: 2, extraneous: 1 });
    expect(summary.totals.written).toEqual({ create: 2, replace: 0, delete: 0 });
    await expectItems(...TABLE, SOURCE[3]!, SOURCE[4]!);
  });

  test.each(["merge", "missing", "replace"] as const)(
    "and undoing it (%s) gives back the state before, exactly",
    async (mode) => {
      using undo = undoPath();
      using undoneBy = undoPath();
      await restoreInto(table.location, { source: sourceOf(items(...SOURCE)), undoFile: undo.path, mode });
      const opened = await openTable(parseTableLocation(table.location));
      const summary = await undoChanges({
        file: undo.path,
        table: opened,
        dryRun: false,
        undoFile: undoneBy.path,
        resume: false,
        patienceMs: 10_000,
        signal: new AbortController().signal,
        report() {},
        agree: async () => true,
      });
      opened.close();
      expect(summary.outcome).toBe("restored");
      await expectItems(...TABLE);
    },
  );

  test("applies what an incremental export says, and leaves alone what it does not mention", async () => {
    using undo = undoPath();
    const changes = [{ item: SOURCE[1]! }, { deleted: item("b", 1) }, { deleted: item("z", 9) }];
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(changes, "changes"),
      undoFile: undo.path,
    });
    expect(summary.outcome).toBe("restored");
    expect(summary.totals.written).toEqual({ create: 0, replace: 1, delete: 1 });
    await expectItems(TABLE[0]!, SOURCE[1]!, TABLE[3]!);
  });

  test("is not made equal to an incremental export", async () => {
    using undo = undoPath();
    const source = sourceOf([], "changes");
    await expect(
      restoreInto(table.location, { source, undoFile: undo.path, mode: "replace" }),
    ).rejects.toMatchObject({ code: "usage" });
  });

  test("writes nothing on a dry run, and leaves no file", async () => {
    using undo = undoPath();
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
      mode: "replace",
      dryRun: true,
    });
    expect(summary.outcome).toBe("planned");
    expect(summary.plan!.changes.delete.items).toBe(1);
    expect(summary.totals.table.writeUnits).toBe(0);
    expect(existsSync(undo.path)).toBe(false);
    await expectItems(...TABLE);
  });

  test("writes nothing when the plan is declined, and leaves no file", async () => {
    using undo = undoPath();
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
      agree: async () => false,
    });
    expect(summary.outcome).toBe("interrupted");
    expect(existsSync(undo.path)).toBe(false);
    await expectItems(...TABLE);
  });

  test("that is as it should be needs no agreement", async () => {
    using undo = undoPath();
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(items(...TABLE)),
      undoFile: undo.path,
      mode: "replace",
      agree: () => Promise.reject(new Error("asked")),
    });
    expect(summary.outcome).toBe("restored");
    expect(existsSync(undo.path)).toBe(false);
  });

  test("takes the last of a record that a source has twice", async () => {
    using undo = undoPath();
    const [first, last] = [item("a", 2, { v: { N: "1" } }), item("a", 2, { v: { N: "2" } })];
    await restoreInto(table.location, { source: sourceOf(items(first, last)), undoFile: undo.path });
    await expectItems(TABLE[0]!, last, TABLE[2]!, TABLE[3]!);
  });

  test("refuses a source of another table before anything is written", async () => {
    using undo = undoPath();
    const source = sourceOf(items(SOURCE[1]!, { id: { S: "x" } }));
    const { summary } = await restoreInto(table.location, { source, undoFile: undo.path });
    expect(summary).toMatchObject({
      outcome: "incomplete",
      failure: expect.stringContaining("without the table's key"),
    });
    expect(existsSync(undo.path)).toBe(false);
    await expectItems(...TABLE);
  });

  test("never overwrites what was changed after the plan, and says so", async () => {
    using undo = undoPath();
    const newer = item("a", 2, { status: { S: "newer" } });
    const { summary, events } = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
      mode: "replace",
      async agree() {
        await table.put(newer);
        await table.put(SOURCE[4]!);
        await table.delete({ shop: { S: "b" }, n: { N: "1" } });
        return true;
      },
    });
    expect(summary.outcome).toBe("discrepancies");
    expect(events.filter(({ type }) => type === "raced")).toHaveLength(2);
    expect(summary.totals).toMatchObject({ raced: 2, discrepancies: 0 });
    await expectItems(SOURCE[0]!, newer, SOURCE[3]!, SOURCE[4]!);
  });
});

test("an attribute that somebody has added since the plan keeps its record from being written, also for a moment", async () => {
  const added = { ...TABLE[1]!, note: { S: "added" } };
  using undo = undoPath();
  const operations: string[] = [];
  const { summary } = await restoreInto(table.location, {
    source: sourceOf(items(SOURCE[1]!)),
    undoFile: undo.path,
    async agree() {
      await table.put(added);
      return true;
    },
    on: (event) => event.type === "answered" && operations.push(event.operation),
  });
  expect(summary.totals.raced).toBe(1);
  expect(operations).not.toContain("PutItem");
  await expectItems(TABLE[0]!, added, TABLE[2]!, TABLE[3]!);
});

describe("restoring a part", () => {
  test("by keys reads and writes those alone", async () => {
    using undo = undoPath();
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
      mode: "replace",
      keys: [item("b", 2), item("d", 1), item("z", 1)],
    });
    expect(summary.totals).toMatchObject({
      written: { create: 1, replace: 0, delete: 1 },
      // One in the plan and one when verifying.
      table: { items: 2 },
    });
    await expectItems(TABLE[0]!, TABLE[1]!, TABLE[2]!, SOURCE[3]!);
  });

  test("by a partition queries it", async () => {
    using undo = undoPath();
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
      mode: "replace",
      partition: { S: "b" },
    });
    expect(summary.totals.written).toEqual({ create: 1, replace: 1, delete: 0 });
    // One in the plan and two when verifying.
    expect(summary.totals.table.items).toBe(3);
    await expectItems(TABLE[0]!, TABLE[1]!, SOURCE[2]!, SOURCE[3]!, TABLE[3]!);
  });

  test("by a condition that an image of either side meets", async () => {
    using undo = undoPath();
    using another = undoPath();
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
      mode: "replace",
      where: ["status = spoiled"],
    });
    expect(summary.totals.written).toEqual({ create: 0, replace: 1, delete: 0 });
    await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: another.path,
      mode: "replace",
      where: ["status = open", "n >= 2"],
    });
    await expectItems(TABLE[0]!, SOURCE[1]!, TABLE[2]!, SOURCE[3]!, TABLE[3]!);
  });
});

describe("going on with a restore", () => {
  test("that was stopped carries the same plan out, and overwrites nobody", async () => {
    using undo = undoPath();
    const stop = new AbortController();
    const first = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
      mode: "replace",
      signal: stop.signal,
      on: (event) => event.type === "phase" && event.phase === "writing" && stop.abort(new Error("stop")),
    });
    expect(first.summary.outcome).toBe("interrupted");
    const newer = item("b", 1, { status: { S: "newer" } });
    await table.put(newer);
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
      mode: "replace",
      resume: true,
    });
    expect(summary.outcome).toBe("discrepancies");
    expect(summary.totals.raced).toBe(1);
    await expectItems(SOURCE[0]!, SOURCE[1]!, newer, SOURCE[3]!, SOURCE[4]!);
  });

  test("needs the words that it was begun with", async () => {
    using undo = undoPath();
    const source = sourceOf(items(...SOURCE));
    await restoreInto(table.location, { source, undoFile: undo.path });
    const again = await restoreInto(table.location, {
      source,
      undoFile: undo.path,
      mode: "replace",
      resume: true,
    });
    expect(again.summary).toMatchObject({ outcome: "incomplete", failure: expect.stringContaining("mode") });
    const other = await restoreInto(table.location, {
      source,
      undoFile: undo.path,
      where: ["status exists"],
      resume: true,
    });
    expect(other.summary.failure).toContain("selection");
  });

  test("needs a whole plan", async () => {
    using undo = undoPath();
    const source = sourceOf(items(...SOURCE));
    await restoreInto(table.location, { source, undoFile: undo.path });
    using cut = undoPath();
    const lines = readFileSync(undo.path, "utf8").split("\n");
    await Bun.write(cut.path, `${lines.slice(0, 2).join("\n")}\n`);
    const { summary } = await restoreInto(table.location, { source, undoFile: cut.path, resume: true });
    expect(summary).toMatchObject({
      outcome: "incomplete",
      failure: expect.stringContaining("no whole plan"),
    });
  });

  test("never overwrites an undo file", async () => {
    using undo = undoPath();
    await Bun.write(undo.path, "mine\n");
    const { summary } = await restoreInto(table.location, {
      source: sourceOf(items(...SOURCE)),
      undoFile: undo.path,
    });
    expect(summary).toMatchObject({ outcome: "incomplete", failure: expect.stringContaining("exists") });
    expect(readFileSync(undo.path, "utf8")).toBe("mine\n");
    await expectItems(...TABLE);
  });
});
