import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { createTable, type Item, type KeySchema, withTables } from "../helpers/table.ts";
import { backfill, comparable, MINUTES, snapshot, snapshotLines, wireForm } from "./folding.ts";

const PK_AT: KeySchema = { hash: { name: "pk", type: "S" }, range: { name: "at", type: "N" } };
const BINARY_FIRST: KeySchema = { hash: { name: "b", type: "N" }, range: { name: "A", type: "B" } };
const id = (type: "S" | "N" | "B"): KeySchema => ({ hash: { name: "id", type } });

interface Vector {
  /** The key as it is hashed. */
  text: string;
  schema: KeySchema;
  key: Item;
  /** By `printf '%s' '<text>' | sha256sum`. */
  sha256: string;
}

const VECTORS: Vector[] = [
  {
    text: '{"id":{"S":"abc"}}',
    schema: id("S"),
    key: { id: { S: "abc" } },
    sha256: "8f6d96a2442d76bb99e39f6d179ac31b313bf5e31bcd8caa62c44690bf465115",
  },
  {
    text: '{"at":{"N":"5"},"pk":{"S":"x"}}',
    schema: PK_AT,
    key: { pk: { S: "x" }, at: { N: "5.0" } },
    sha256: "ec5df7a77144b132df250814a93ad80d05fe291b8f81138b8d621280191c6dba",
  },
  {
    text: '{"A":{"B":"AQ=="},"b":{"N":"0.001"}}',
    schema: BINARY_FIRST,
    key: { b: { N: "1E-3" }, A: { B: Uint8Array.of(1) } },
    sha256: "de8e27a9c8472f861044c0c60152f8b3ecd549f7a6269b21ca71f466d0f98819",
  },
  {
    text: '{"id":{"N":"100"}}',
    schema: id("N"),
    key: { id: { N: "1.00e2" } },
    sha256: "218f9338f350a2cee0e0071c01f2c72e50730d6dcd716be2e7244275cf89a89e",
  },
  {
    text: '{"id":{"N":"-0.5"}}',
    schema: id("N"),
    key: { id: { N: "-.50" } },
    sha256: "e7ccf7771a0da5857defe95cceadce9c9cf94c6c0fa0f23af671c8e63a9ecb6a",
  },
  {
    text: '{"id":{"N":"12345678901234567890123456789012345678"}}',
    schema: id("N"),
    key: { id: { N: "12345678901234567890123456789012345678" } },
    sha256: "7828e714847c92c6e5dfeef37b1ac9a93853c796866159a03a0649814632bd7b",
  },
  {
    text: '{"id":{"B":"AAEC/w=="}}',
    schema: id("B"),
    key: { id: { B: Uint8Array.of(0, 1, 2, 255) } },
    sha256: "26f0c992272f3fbf79a4ba469b8a39a7888b626197d8d8541afcc39fabf308c2",
  },
  {
    text: '{"id":{"S":"a\\"b\\\\c"}}',
    schema: id("S"),
    key: { id: { S: 'a"b\\c' } },
    sha256: "9bd73d090211765ebfcc7ead4439e57a9a0f2c667a6f8464ea13b2c289fa2502",
  },
  {
    text: '{"id":{"S":"Zoë 🔑"}}',
    schema: id("S"),
    key: { id: { S: "Zoë 🔑" } },
    sha256: "ea7adf6ec2b342b3bd09f2ea1a3e8eb65a77071c4213f0a15df38a9d8a7dd1b3",
  },
  {
    text: '{"id":{"S":"line\\n"}}',
    schema: id("S"),
    key: { id: { S: "line\n" } },
    sha256: "6ae39f0708a170c4f3c94b1b4f0db050d18843595d52ab68b3589a35f5f23428",
  },
];

/** One of each type, and what is easily lost on the way. */
const ATTRIBUTES: Item = {
  text: { S: 'ü "quoted"\u2028\n' },
  digits: { N: "9007199254740993.1234567890123456789012" },
  bytes: { B: Uint8Array.of(0, 128, 255) },
  none: { NULL: true },
  yes: { BOOL: true },
  no: { BOOL: false },
  empty: { S: "" },
  noBytes: { B: new Uint8Array(0) },
  list: { L: [{ N: "1" }, { M: { deep: { L: [] } } }, { S: "2" }] },
  map: { M: { "a b": { S: "c" }, "10": { N: "1" } } },
  strings: { SS: ["b", "a"] },
  numbers: { NS: ["10", "9"] },
  binaries: { BS: [Uint8Array.of(2), Uint8Array.of(1)] },
};

let places: TestPlace[];
beforeAll(async () => {
  places = await Promise.all(STORE_KINDS.map((kind) => newPlace(kind)));
});
afterAll(() => Promise.all(places.map((place) => place.drop())));

function isKeyOf(text: string, item: Record<string, unknown>): boolean {
  return Object.entries(JSON.parse(text)).every(([name, value]) => Bun.deepEquals(item[name], value));
}

/** The vectors of each schema, which share a table. */
const BY_SCHEMA = Map.groupBy(Object.values(VECTORS), ({ schema }) => JSON.stringify(schema));

describe("an object of a record", () => {
  test.each([...BY_SCHEMA])(
    "is named by the SHA-256 of its key and holds its item: %s",
    async (_, vectors) => {
      await withTables([vectors[0]!.schema], async (table) => {
        for (const { key } of vectors) await table.put({ ...ATTRIBUTES, ...key });
        // As DynamoDB gives them back: numbers in its own spelling.
        const stored = (await table.items()).map((item) => comparable(wireForm(item))).sort();
        for (const place of places) {
          const { code, stderr } = await backfill(table, place);
          expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
          const keys = vectors.map(({ sha256 }) => `${table.name}/${sha256}`).sort();
          expect(await place.keys(table.name)).toEqual(keys);
          const bodies = await Promise.all(keys.map(async (key) => (await place.get(key))!.toString()));
          expect(bodies.map((body) => comparable(JSON.parse(body))).sort()).toEqual(stored);
          for (const body of bodies) {
            // JSON without spaces and nothing else, under the name of just that key.
            expect(body).toBe(JSON.stringify(JSON.parse(body)));
            const { sha256 } = vectors.find(({ text }) => isKeyOf(text, JSON.parse(body)))!;
            expect(keys[bodies.indexOf(body)]).toBe(`${table.name}/${sha256}`);
          }
        }
      });
    },
  );

  test("each table has a folder of its own, which several tables and prefixes share a place with", async () => {
    const tables = await Promise.all([createTable(), createTable()]);
    try {
      for (const place of places) {
        const nested = { ...place, url: `${place.url}/some where/ünter` };
        for (const table of tables) {
          await table.put({ id: { S: "abc" }, of: { S: table.name } });
          expect((await backfill(table, nested)).code).toBe(0);
        }
        const name = VECTORS[0]!.sha256;
        expect(await place.keys("some where")).toEqual(
          tables.map((table) => `some where/ünter/${table.name}/${name}`).sort(),
        );
        const { name: first } = tables[0]!;
        expect((await snapshot(nested, first, "out.gz")).code).toBe(0);
        expect(await snapshotLines(place, "some where/ünter/out.gz")).toEqual([
          JSON.stringify({ id: { S: "abc" }, of: { S: first } }),
        ]);
      }
    } finally {
      await Promise.all(tables.map((table) => table.drop()));
    }
  });
});

/** Names by sha256sum and md5sum, of keys in ascending and in the schema's order; all of them were written by some tool. */
const BY_HAND: Record<string, string> = {
  "8f6d96a2442d76bb99e39f6d179ac31b313bf5e31bcd8caa62c44690bf465115": '{"id":{"S":"abc"},"n":{"N":"1"}}',
  b0050ffe1d0f362c57bd6bf4e3af628a: '{"n":{"N":"2"},"id":{"S":"older"}}',
  a61f35e94a1b2a6906957aaa8a1609e480dd846dae3418e2550d282a7fcedbcf: '{"pk":{"S":"x"},"at":{"N":"7"}}',
  "1a626318193c24ff67c9a43c9a6ae546": '{ "pk": {"S":"x"}, "at": {"N":"9"}, "__proto__": {"S":"odd"} }',
};

test("objects written by hand in the layout are folded as they are", async () => {
  for (const place of places) {
    for (const [name, body] of Object.entries(BY_HAND)) await place.put(`by-hand/${name}`, body);
    const result = await snapshot(place, "by-hand", "by-hand.gz");
    expect(result.code, result.stdout).toBe(0);
    expect(await snapshotLines(place, "by-hand.gz")).toEqual(Object.values(BY_HAND).sort());
  }
});

test(
  "bodies over several lines become one line each, and big ones are whole",
  async () => {
    const big = { id: { S: "big" }, text: { S: "ü".repeat(195_000) } };
    const pretty = { id: { S: "pretty" }, list: { L: [{ N: "1.10" }, { M: { "": { BOOL: true } } }] } };
    for (const place of places) {
      await place.put(`lines/${"a".repeat(64)}`, JSON.stringify(pretty, null, 2));
      await place.put(`lines/${"b".repeat(64)}`, `${JSON.stringify(big)}\n`);
      await place.put(`lines/${"c".repeat(64)}`, '{"id":\r\n{"S":"returns"}}');
      expect((await snapshot(place, "lines", "lines.gz")).code).toBe(0);
      expect(await snapshotLines(place, "lines.gz")).toEqual(
        [pretty, big, { id: { S: "returns" } }].map((item) => JSON.stringify(item)).sort(),
      );
    }
  },
  MINUTES,
);

test(
  "items of nearly 400 KB make their way into the folder",
  async () => {
    const table = await createTable();
    try {
      const items = Array.from({ length: 12 }, (_, n) => ({
        id: { S: `big-${n}` },
        text: { S: String.fromCharCode(97 + n).repeat(390_000) },
      }));
      await Promise.all(items.map((item) => table.put(item)));
      for (const place of places) {
        expect((await backfill(table, place)).code).toBe(0);
        expect((await snapshot(place, table.name, "big.gz")).code).toBe(0);
        const lines = await snapshotLines(place, "big.gz");
        expect(lines.map((line) => comparable(JSON.parse(line))).sort()).toEqual(
          items.map((item) => comparable(item)).sort(),
        );
      }
    } finally {
      await table.drop();
    }
  },
  MINUTES,
);
