import { afterEach, describe, expect, test } from "bun:test";
import type { Discrepancy } from "../../src/core/diff/discrepancy.ts";
import { runDiff } from "../helpers/run-diff.ts";
import { createTable, ID_KEY, type Item, type KeySchema, type TestTable } from "../helpers/table.ts";

const open: TestTable[] = [];
afterEach(() => Promise.all(open.splice(0).map((table) => table.drop())));

async function tables(schema: KeySchema, primary: Item[], replica: Item[]): Promise<[TestTable, TestTable]> {
  const pair = [await createTable(schema), await createTable(schema)] as [TestTable, TestTable];
  open.push(...pair);
  await pair[0].load(primary);
  await pair[1].load(replica);
  return pair;
}

async function compare(schema: KeySchema, primary: Item[], replica: Item[]): Promise<Discrepancy[]> {
  const [p, r] = await tables(schema, primary, replica);
  return (await runDiff(p.location, r.location, { settleMs: 0 })).discrepancies;
}

/** Repairs, and returns what the replica holds then, beside the primary: read by the standard SDK. */
async function mend(
  schema: KeySchema,
  primary: Item[],
  replica: Item[],
): Promise<{ expected: Item[]; got: Item[] }> {
  const [p, r] = await tables(schema, primary, replica);
  const { summary } = await runDiff(p.location, r.location, { settleMs: 0, mode: "repair" });
  expect(summary.outcome).toBe("clean");
  const sorted = (items: Item[]) =>
    items.sort((a, b) => (Bun.deepEquals(a, b) ? 0 : JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { expected: sorted(await p.items()), got: sorted(await r.items()) };
}

const bytes = (...values: number[]) => new Uint8Array(values);

/** Each pair is the same item, put in two ways. */
const EQUAL: Record<string, [Item, Item]> = {
  "sets in any order": [
    { ss: { SS: ["a", "b", "c"] }, ns: { NS: ["1", "2", "10"] }, bs: { BS: [bytes(1), bytes(2, 3)] } },
    { bs: { BS: [bytes(2, 3), bytes(1)] }, ns: { NS: ["10", "1", "2"] }, ss: { SS: ["c", "a", "b"] } },
  ],
  "numbers spelled differently": [
    { n: { N: "1" }, m: { N: "1500" }, zero: { N: "0" }, ns: { NS: ["1.0", "2e1"] } },
    { n: { N: "1.0" }, m: { N: "15E2" }, zero: { N: "-0.00" }, ns: { NS: ["20", "1"] } },
  ],
  "nested maps and lists, attributes in any order": [
    { m: { M: { a: { L: [{ N: "1" }, { M: { x: { NULL: true } } }] }, b: { BOOL: true } } } },
    { m: { M: { b: { BOOL: true }, a: { L: [{ N: "1.00" }, { M: { x: { NULL: true } } }] } } } },
  ],
  "attributes of the old global tables on one side": [
    { a: { S: "x" } },
    { a: { S: "x" }, "aws:rep:deleting": { BOOL: false }, "aws:rep:updatetime": { N: "1732330101.5" } },
  ],
};

/** Each pair is two different items, with the attributes that differ. */
const DIFFERENT: Record<string, [Item, Item, string[]]> = {
  "whole numbers beyond 2^53": [{ n: { N: "9007199254740993" } }, { n: { N: "9007199254740992" } }, ["n"]],
  "38 digits, the last one": [
    { n: { N: "1234567890123456789012345678901234567.8" } },
    { n: { N: "1234567890123456789012345678901234567.9" } },
    ["n"],
  ],
  "one digit in a set of numbers": [
    { n: { NS: ["99999999999999999999999999999999999998", "1"] } },
    { n: { NS: ["99999999999999999999999999999999999999", "1"] } },
    ["n"],
  ],
  "empty string, empty binary, NULL and absent": [
    { a: { S: "" }, b: { B: bytes() }, c: { NULL: true }, d: { S: "" } },
    { a: { NULL: true }, b: { S: "" }, d: { B: bytes() } },
    ["a", "b", "c", "d"],
  ],
  "false and absent, true and false": [
    { a: { BOOL: false }, b: { BOOL: true } },
    { b: { BOOL: false } },
    ["a", "b"],
  ],
  "the order of a list": [
    { l: { L: [{ S: "a" }, { S: "b" }] } },
    { l: { L: [{ S: "b" }, { S: "a" }] } },
    ["l"],
  ],
  "a number and its text": [{ a: { N: "1" } }, { a: { S: "1" } }, ["a"]],
  "a set and a list": [{ a: { SS: ["x"] } }, { a: { L: [{ S: "x" }] } }, ["a"]],
  "deep inside": [
    { m: { M: { l: { L: [{ M: { deep: { BS: [bytes(0), bytes(255)] } } }] } } } },
    { m: { M: { l: { L: [{ M: { deep: { BS: [bytes(0), bytes(254)] } } }] } } } },
    ["m"],
  ],
  "names with dots, reserved words, and names of JavaScript's own": [
    {
      "a.b": { S: "1" },
      size: { S: "1" },
      __proto__x: { S: "1" },
      constructor: { S: "1" },
      "#0": { S: "1" },
    },
    {
      "a.b": { S: "2" },
      size: { S: "2" },
      __proto__x: { S: "2" },
      constructor: { S: "2" },
      "#0": { S: "2" },
    },
    ["#0", "__proto__x", "a.b", "constructor", "size"],
  ],
  "unicode that looks alike": [{ a: { S: "é" } }, { a: { S: "e\u0301" } }, ["a"]],
};

const withId = (id: string, item: Item): Item => ({ id: { S: id }, ...item });

describe("items of every type", () => {
  test("equal items are equal", async () => {
    const names = Object.keys(EQUAL);
    const primary = names.map((name) => withId(name, EQUAL[name]![0]));
    const replica = names.map((name) => withId(name, EQUAL[name]![1]));
    expect(await compare(ID_KEY, primary, replica)).toEqual([]);
  });

  test("the old global tables' attributes differ when asked for", async () => {
    const [plain, tagged] = EQUAL["attributes of the old global tables on one side"]!;
    const [p, r] = await tables(ID_KEY, [withId("x", plain)], [withId("x", tagged)]);
    const { discrepancies } = await runDiff(p.location, r.location, { settleMs: 0, ignored: undefined });
    expect(discrepancies.flatMap(({ attributes }) => attributes.map(({ name }) => name))).toEqual([
      "aws:rep:deleting",
      "aws:rep:updatetime",
    ]);
  });

  test("different items differ, in the attributes they differ in; and are mended exactly", async () => {
    const names = Object.keys(DIFFERENT);
    const primary = names.map((name) => withId(name, DIFFERENT[name]![0]));
    const replica = names.map((name) => withId(name, DIFFERENT[name]![1]));
    const found = await compare(ID_KEY, primary, replica);
    const byId = Object.fromEntries(
      found.map(({ key, attributes }) => [(key.id as { S: string }).S, attributes.map(({ name }) => name)]),
    );
    expect(byId).toEqual(Object.fromEntries(names.map((name) => [name, DIFFERENT[name]![2].sort()])));
    const { expected, got } = await mend(ID_KEY, primary, replica);
    expect(got).toEqual(expected);
  });

  test("unicode, emoji, control characters and long text as keys", async () => {
    const ids = [
      "é",
      "e\u0301",
      "👩‍👩‍👧",
      "日本語",
      "\u0000\u001b[31m",
      "a:b",
      '"{}\\',
      " ",
      "x".repeat(2048),
      "\u202e",
    ];
    const items = ids.map((id) => withId(id, { a: { S: id } }));
    expect(await compare(ID_KEY, items, items)).toEqual([]);
    const found = await compare(ID_KEY, items, []);
    expect(found.map(({ key }) => (key.id as { S: string }).S).sort()).toEqual([...ids].sort());
  });

  test("items of 400 KB", async () => {
    const big = (fill: string) => withId("big", { text: { S: fill.repeat(409_000) } });
    const twins = Array.from({ length: 6 }, (_, at) =>
      withId(`twin-${at}`, { text: { S: "x".repeat(400_000) } }),
    );
    const { expected, got } = await mend(ID_KEY, [big("a"), ...twins], [big("b"), ...twins.slice(2)]);
    expect(Bun.deepEquals(got, expected)).toBe(true);
  });

  test("an item of more attributes than a condition can name", async () => {
    const many = (value: string) =>
      withId(
        "wide",
        Object.fromEntries(Array.from({ length: 700 }, (_, at) => [`attribute-${at}`, { S: value }])),
      );
    const { expected, got } = await mend(ID_KEY, [many("new")], [many("old")]);
    expect(got).toEqual(expected);
  });
});

describe("composite keys", () => {
  const BY_NUMBER: KeySchema = { hash: { name: "zone", type: "S" }, range: { name: "at", type: "N" } };
  const BY_BINARY: KeySchema = { hash: { name: "owner", type: "N" }, range: { name: "digest", type: "B" } };

  test("a number as sort key, names not in alphabetical order", async () => {
    const at = ["-1.5", "0", "1500", "0.000001", "9007199254740993", "9007199254740992", "1E+100", "-1e-100"];
    const items = at.map((n) => ({ zone: { S: "a" }, at: { N: n }, v: { S: n } }));
    expect(await compare(BY_NUMBER, items, items)).toEqual([]);
    const { expected, got } = await mend(BY_NUMBER, items, [
      ...items.slice(2).map((item) => ({ ...item, v: { S: "stale" } })),
      { zone: { S: "a" }, at: { N: "77" }, v: { S: "extraneous" } },
    ]);
    expect(got).toEqual(expected);
    expect(got.length).toBe(items.length);
  });

  test("binary as sort key, a number as partition key", async () => {
    const items = [bytes(0), bytes(0, 0), bytes(255, 254), bytes(...Buffer.from("text"))].flatMap((digest) =>
      ["1", "-2.5", "100"].map((owner) => ({ owner: { N: owner }, digest: { B: digest }, v: { B: digest } })),
    );
    expect(await compare(BY_BINARY, items, items)).toEqual([]);
    const { expected, got } = await mend(BY_BINARY, items, items.slice(5));
    expect(got).toEqual(expected);
  });

  test("a sort key that moves characters to the partition key is another key", async () => {
    const strings: KeySchema = { hash: { name: "a", type: "S" }, range: { name: "b", type: "S" } };
    const item = (a: string, b: string) => ({ a: { S: a }, b: { S: b } });
    const found = await compare(
      strings,
      [item("x", "yz"), item("1:1", "2")],
      [item("xy", "z"), item("1", "1:2")],
    );
    expect(found.map(({ kind }) => kind).sort()).toEqual(["extraneous", "extraneous", "missing", "missing"]);
  });
});
