import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { createTable, ID_KEY, type TestTable } from "../helpers/table.ts";
import { sdkItem } from "../history/fixtures/stored-history.ts";
import { comparable, wireForm } from "../incremental/folding.ts";
import { restoreInto, undoPath } from "./helpers/run-restore.ts";
import { withSource } from "./sources/opened.ts";
import { writeFullExport, writeIncrementalExport } from "./sources/write-export.ts";

const product = (id: string, price: string, more: WireItem = {}): WireItem => ({
  id: { S: id },
  price: { N: price },
  ...more,
});

const EXPORTED = Array.from({ length: 60 }, (_, at) =>
  product(`p-${at}`, `${at}.1234567890123456789012345678901234`, {
    photo: { B: "AAECAw==" },
    sizes: { NS: ["1", "2.5"] },
    none: { NULL: true },
  }),
);
const PRESENT = [EXPORTED[0]!, product("p-1", "99"), product("stranger", "1")];

describe.each(STORE_KINDS)("DynamoDB's exports on %s", (kind) => {
  let place: TestPlace;
  let table: TestTable;
  let number = 0;

  beforeAll(async () => {
    place = await newPlace(kind);
  });
  afterAll(() => place.drop());
  beforeEach(async () => {
    table = await createTable(ID_KEY);
    await table.load(PRESENT.map(sdkItem));
  });
  afterEach(() => table.drop());

  const prefix = () => `export-${++number}/`;

  async function expectItems(items: readonly WireItem[]): Promise<void> {
    const texts = (await table.items()).map((item) => comparable(wireForm(item))).sort();
    expect(texts).toEqual(items.map((item) => comparable(item)).sort());
  }

  async function restore(folder: string, mode: "merge" | "replace") {
    using undo = undoPath();
    const { summary } = await withSource(place, folder, {}, (source) =>
      restoreInto(table.location, { source, mode, undoFile: undo.path }),
    );
    return { summary, keptFile: existsSync(undo.path) };
  }

  test("a full one is restored exactly", async () => {
    const { folder } = await writeFullExport(place, EXPORTED, { prefix: prefix() });
    expect((await restore(folder, "replace")).summary.outcome).toBe("restored");
    await expectItems(EXPORTED);
  });

  test("an incremental one is laid over the table", async () => {
    const changes = [
      { keys: { id: { S: "p-1" } }, before: PRESENT[1]!, after: product("p-1", "100") },
      { keys: { id: { S: "made" } }, after: product("made", "2") },
      { keys: { id: { S: "stranger" } }, before: PRESENT[2]! },
      { keys: { id: { S: "long-gone" } }, before: product("long-gone", "1") },
    ];
    const { folder } = await writeIncrementalExport(place, changes, "NEW_AND_OLD_IMAGES", {
      prefix: prefix(),
    });
    expect((await restore(folder, "merge")).summary.outcome).toBe("restored");
    await expectItems([PRESENT[0]!, product("p-1", "100"), product("made", "2")]);
  });

  test.each(["changed", "missing", "cut"] as const)("one with a %s file writes nothing", async (how) => {
    const { folder, data } = await writeFullExport(place, EXPORTED, { prefix: prefix() });
    const [file] = data;
    const bytes = (await place.get(file!))!;
    if (how === "missing") await place.remove(file!);
    else if (how === "cut") await place.put(file!, bytes.subarray(0, bytes.length - 12));
    else await place.put(file!, Buffer.from(bytes.map((byte, at) => (at === 9 ? byte ^ 1 : byte))));
    const { summary, keptFile } = await restore(folder, "replace");
    expect(summary).toMatchObject({
      outcome: "incomplete",
      plan: undefined,
      totals: { table: { writeUnits: 0 } },
    });
    expect(summary.failure).toContain(file!.split("/").at(-1)!);
    expect(keptFile).toBe(false);
    await expectItems(PRESENT);
  });
});
