import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { STORE_KINDS, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { attributeValue, NASTY_NAMES, wireItem } from "../item/wire-items.ts";
import { backedUp, expectWhole } from "./dump.ts";
import { ask, rawSegments } from "./raw-table.ts";

const SEGMENTS = 3;
let table: TestTable;

/** In wire form, as JSON text: `__proto__` is an attribute there like any other. */
function* strangeItems(): Generator<string> {
  const large = 'é\u0000\u2028"\\😀'.repeat(26_000);
  yield json({ text: { S: large }, tail: { S: "end" } });
  yield json({ bytes: { B: Buffer.alloc(280_000, 7).toString("base64") } });
  yield json({ empty: { S: "" }, none: { B: "" }, list: { L: [] }, map: { M: {} }, no: { NULL: true } });
  const digits = "12345678901234567890123456789012345678";
  yield json({ n: { N: digits }, m: { N: `-0.${digits}` }, huge: { N: "9.99E125" }, tiny: { N: "1E-130" } });
  yield json({
    ns: { NS: [digits, "0.1", "-7"] },
    ss: { SS: ["b", "", "a"] },
    bs: { BS: ["AQ==", "", "AgM="] },
  });
  const names = NASTY_NAMES.map((name) => `${JSON.stringify(name)}:{"S":${JSON.stringify(name)}}`).join(",");
  yield `{${names}}`;
  yield `{"nested":{"M":{${names}}}}`;
  // What an export calls its items by.
  yield json({ Item: { M: { id: { S: "inner" } } } });
  yield json({
    deep: { L: [{ M: { 2: { BOOL: false } } }, { L: [{ L: [] }] }] },
  });
  const drawn = fc.sample(fc.record({ item: wireItem, value: attributeValue }), {
    numRuns: 250,
    seed: 20_261,
  });
  for (const { item, value } of drawn) yield json({ ...item, value });
}

const json = (value: unknown) => JSON.stringify(value);

/** Puts an item as it is, `id` added; what DynamoDB itself refuses is passed over. */
async function put(text: string, id: number): Promise<boolean> {
  const Item = JSON.parse(`{"id":{"S":"${id}"},${text.slice(1)}`.replace(/,}$/, "}"));
  try {
    await ask("PutItem", { TableName: table.name, Item });
    return true;
  } catch (error) {
    if (String(error).includes("ValidationException")) return false;
    throw error;
  }
}

beforeAll(async () => {
  table = await createTable();
  let taken = 0;
  let id = 0;
  for (const text of strangeItems()) {
    const isTaken = await put(text, id++);
    if (isTaken) taken++;
    // Those written by hand are all valid.
    if (id <= 9) expect(isTaken, text.slice(0, 300)).toBe(true);
  }
  expect(taken).toBeGreaterThan(150);
}, 60_000);

afterAll(() => table.drop());

test.each(
  STORE_KINDS.flatMap((kind) =>
    (["gzip", "zstd", "none"] as const).flatMap((compression) =>
      (["items", "export"] as const).map((contents) => [kind, compression, contents] as const),
    ),
  ),
)("every type of item goes into a file as it is: on %s, %s, %s", (kind, compression, contents) =>
  withPlace(kind, async (place) => {
    const words = ["--compress", compression, "--format", contents, "--segments", `${SEGMENTS}`];
    await backedUp(table.location, place, "--jobid", "types", ...words);
    const manifest = await expectWhole(place, "types", await rawSegments(table.name, SEGMENTS));
    expect(manifest).toMatchObject({ compression, contents });
    if (compression === "none") expect(manifest.storedBytes).toBe(manifest.rawBytes);
    else expect(manifest.storedBytes).toBeLessThan(manifest.rawBytes / 2);
  }),
);

test("an empty table makes empty files, and a whole dump", async () => {
  const empty = await createTable();
  try {
    for (const kind of STORE_KINDS) {
      await withPlace(kind, async (place) => {
        for (const compression of ["gzip", "zstd", "none"]) {
          await backedUp(empty.location, place, "--jobid", compression, "--compress", compression);
          const manifest = await expectWhole(place, compression, await rawSegments(empty.name, 8));
          expect(manifest.items).toBe(0);
        }
      });
    }
  } finally {
    await empty.drop();
  }
});
