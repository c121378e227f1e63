import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { AttributeValue, WireItem } from "../../src/core/item/attribute-value.ts";
import { canonicalItem, canonicalValue } from "../../src/core/item/canonical.ts";
import { digestOf } from "../../src/core/item/digest.ts";
import { equalItems, equalValues } from "../../src/core/item/equal.ts";
import { ignoredAttributes } from "../../src/core/item/ignored.ts";
import { respelling } from "./respell.ts";
import { structurallyEqual } from "./structural-equality.ts";
import { attributeName, NASTY_NAMES, similarItem, wireItem } from "./wire-items.ts";

const RUNS = { numRuns: 2_000 };

/** Equality three ways: they must agree on every pair. */
function equalEveryWay(a: WireItem, b: WireItem): boolean {
  const equal = canonicalItem(a) === canonicalItem(b);
  expect(equalItems(a, b)).toBe(equal);
  expect(digestOf(a) === digestOf(b)).toBe(equal);
  return equal;
}

describe("items are equal exactly when a structural comparison says so", () => {
  test.each([
    ["items of all types", wireItem],
    ["items that are often equal or nearly so", similarItem],
  ])("%s", (_, item) => {
    fc.assert(
      fc.property(item, item, (a, b) => {
        expect(equalEveryWay(a, b)).toBe(structurallyEqual(a, b));
      }),
      RUNS,
    );
  });

  test("an item in other words stays equal", () => {
    fc.assert(
      fc.property(wireItem, respelling, (item, respell) => {
        const other = respell(item);
        expect(structurallyEqual(item, other)).toBe(true);
        expect(equalEveryWay(item, other)).toBe(true);
      }),
      RUNS,
    );
  });

  test.each([
    ["items of all types", wireItem],
    ["items that are often equal or nearly so", similarItem],
  ])("with ignored attributes as if they were not there: %s", (_, item) => {
    fc.assert(
      fc.property(item, item, fc.subarray(["a", "b", ...NASTY_NAMES]), (a, b, names) => {
        const ignored = ignoredAttributes(names, true);
        const [left, right] = [a, b].map((whole) =>
          Object.fromEntries(Object.entries(whole).filter(([name]) => !names.includes(name))),
        );
        const equal = structurallyEqual(left!, right!);
        expect(equalItems(a, b, ignored)).toBe(equal);
        expect(digestOf(a, ignored) === digestOf(b, ignored)).toBe(equal);
        expect(canonicalItem(a, ignored)).toBe(canonicalItem(left!));
      }),
      RUNS,
    );
  });

  test("an item whose one attribute changed, came or went", () => {
    fc.assert(
      fc.property(wireItem, attributeName, similarItem, respelling, (item, name, other, respell) => {
        const changes = Object.values(other).map((value) =>
          Object.fromEntries([...Object.entries(item), [name, value]]),
        );
        const { [name]: _, ...without } = item;
        for (const changed of [...changes, without].map(respell)) {
          expect(equalEveryWay(item, changed)).toBe(structurallyEqual(item, changed));
        }
      }),
      { numRuns: 500 },
    );
  });
});

const EQUAL: [string, AttributeValue, AttributeValue][] = [
  ["numbers spelled differently", { N: "1" }, { N: "1.0" }],
  ["numbers in a set spelled differently and in another order", { NS: ["1", "20"] }, { NS: ["2e1", "1.00"] }],
  ["sets of strings", { SS: ["b", "a", "é"] }, { SS: ["é", "b", "a"] }],
  ["sets of binary", { BS: ["AA==", "AQ=="] }, { BS: ["AQ==", "AA=="] }],
  [
    "maps deep down",
    { L: [{ M: { x: { N: "0" }, y: { SS: ["1", "2"] } } }] },
    { L: [{ M: { y: { SS: ["2", "1"] }, x: { N: "-0.0" } } }] },
  ],
];

const DIFFERENT: [string, AttributeValue, AttributeValue][] = [
  ["the last of 16 digits", { N: "9007199254740993" }, { N: "9007199254740992" }],
  ["the last of 38 digits", { N: `${"1".repeat(37)}2` }, { N: `${"1".repeat(37)}3` }],
  ["a number and its text", { N: "1" }, { S: "1" }],
  ["binary and its text", { B: "MQ==" }, { S: "MQ==" }],
  ["texts that spell one number", { S: "1" }, { S: "1.0" }],
  ["numbers in sets of strings", { SS: ["1"] }, { SS: ["1.0"] }],
  ["empty string and empty binary", { S: "" }, { B: "" }],
  ["empty string and NULL", { S: "" }, { NULL: true }],
  ["empty binary and NULL", { B: "" }, { NULL: true }],
  ["false and NULL", { BOOL: false }, { NULL: true }],
  ["false and zero", { BOOL: false }, { N: "0" }],
  ["true and its text", { BOOL: true }, { S: "true" }],
  ["empty list and empty map", { L: [] }, { M: {} }],
  ["a list in another order", { L: [{ S: "a" }, { S: "b" }] }, { L: [{ S: "b" }, { S: "a" }] }],
  ["a list and a set", { L: [{ S: "a" }] }, { SS: ["a"] }],
  ["sets of other types", { SS: ["1"] }, { NS: ["1"] }],
  ["sets of text and binary", { SS: ["MQ=="] }, { BS: ["MQ=="] }],
  ["one member and two", { SS: ["ab"] }, { SS: ["a", "b"] }],
  ["a set and one of its members", { SS: ["a"] }, { S: "a" }],
  ["lists nested differently", { L: [{ L: [] }, { L: [] }] }, { L: [{ L: [{ L: [] }] }] }],
  ["composed and decomposed letters", { S: "é" }, { S: "e\u0301" }],
  ["upper and lower case", { S: "a" }, { S: "A" }],
  ["white space", { S: "a" }, { S: "a " }],
  ["a NUL character", { S: "a" }, { S: "a\u0000" }],
];

describe("values", () => {
  test.each(EQUAL)("equal: %s", (_, a, b) => {
    expect(equalValues(a, b)).toBe(true);
    expect(equalEveryWay({ v: a }, { v: b })).toBe(true);
  });

  test.each(DIFFERENT)("different: %s", (_, a, b) => {
    expect(equalValues(a, b)).toBe(false);
    expect(equalEveryWay({ v: a }, { v: b })).toBe(false);
    expect(equalEveryWay({ v: { L: [a] } }, { v: { L: [b] } })).toBe(false);
    expect(equalEveryWay({ v: { M: { v: a } } }, { v: { M: { v: b } } })).toBe(false);
  });

  const LITTLE: AttributeValue[] = [
    ...[{ S: "" }, { B: "" }, { NULL: true } as const, { L: [] }, { M: {} }, { BOOL: false }, { N: "0" }],
  ];
  test.each(LITTLE)("%j is not absent", (value) => {
    expect(equalEveryWay({ id: { S: "a" }, v: value }, { id: { S: "a" } })).toBe(false);
  });

  test("an absent item equals only an absent one", () => {
    expect(equalItems(undefined, undefined)).toBe(true);
    expect(equalItems({}, undefined)).toBe(false);
    expect(equalItems(undefined, {})).toBe(false);
  });
});

describe("names and values that hold the canonical form's own syntax", () => {
  const syntax = fc.string({ unit: fc.constantFrom(..."SNBMLTF01234:;ab"), maxLength: 10 });
  const syntaxValue: fc.Arbitrary<AttributeValue> = fc.oneof(
    syntax.map((S) => ({ S })),
    syntax.map((S) => ({ L: [{ S }] })),
    fc.uniqueArray(syntax, { minLength: 1, maxLength: 3 }).map((SS) => ({ SS })),
    fc.tuple(syntax, syntax).map(([name, S]) => ({ M: { [name]: { S } } })),
  );
  const syntaxItem = fc
    .uniqueArray(fc.tuple(syntax, syntaxValue), { selector: ([name]) => name, maxLength: 3 })
    .map((entries): WireItem => Object.fromEntries(entries));

  test("no two items collide", () => {
    fc.assert(
      fc.property(syntaxItem, syntaxItem, (a, b) => {
        expect(equalEveryWay(a, b)).toBe(structurallyEqual(a, b));
      }),
      { numRuns: 5_000 },
    );
  });

  test("an item cannot pose as another by holding part of its canonical form", () => {
    fc.assert(
      fc.property(wireItem, attributeName, fc.nat(), fc.nat(), (item, name, from, to) => {
        const form = canonicalItem(item);
        const part = form.slice(from % (form.length + 1)).slice(0, to % (form.length + 1));
        const forged: WireItem[] = [
          { [name]: { S: part } },
          { [part]: { S: "" } },
          { [name]: { SS: [part, `${part}.`] } },
          { [name]: { B: part } },
        ];
        for (const forgery of forged) {
          expect(equalEveryWay(item, forgery)).toBe(structurallyEqual(item, forgery));
        }
      }),
      RUNS,
    );
  });

  test("lists of values are told apart wherever they are cut", () => {
    fc.assert(
      fc.property(fc.array(syntaxValue), fc.array(syntaxValue), (a, b) => {
        const [left, right]: WireItem[] = [{ v: { L: a } }, { v: { L: b } }];
        expect(canonicalValue(left!.v!) === canonicalValue(right!.v!)).toBe(structurallyEqual(left!, right!));
      }),
      RUNS,
    );
  });

  test("none of all the short ones shares its form with another", () => {
    const texts = everyText([..."SB013:"], 3);
    const items: WireItem[] = texts.flatMap((name) => texts.map((S) => ({ [name]: { S } })));
    const some = texts.filter((text) => text.length < 3);
    const pairs = some.flatMap((one) => some.map((other): [string, string] => [one, other]));
    const lists: WireItem[] = pairs.map((pair) => ({ v: { L: pair.map((S) => ({ S })) } }));
    const binaries: WireItem[] = pairs.map((pair) => ({ v: { L: pair.map((B) => ({ B })) } }));
    const nested: WireItem[] = pairs.map(([one, S]) => ({ v: { L: [{ L: [{ S: one }] }, { S }] } }));
    const sets: WireItem[] = pairs.flatMap(([one, other]) =>
      one < other ? [{ v: { SS: [one, other] } }] : [],
    );
    const single: WireItem[] = texts.map((S) => ({ v: { SS: [S] } }));
    const all = [...items, ...lists, ...binaries, ...nested, ...sets, ...single];
    expect(new Set(all.map((item) => canonicalItem(item))).size).toBe(all.length);
  });

  test("attributes that swap names, or a name and a value", () => {
    const a: WireItem = { a: { S: "1" }, b: { S: "2" } };
    expect(equalEveryWay(a, { a: { S: "2" }, b: { S: "1" } })).toBe(false);
    expect(equalEveryWay({ "1:bS1:": { S: "" } }, { "": { S: "1:bS1:" } })).toBe(false);
    expect(equalEveryWay({ a: { S: "S1:b" } }, { aS1: { S: "b" } })).toBe(false);
  });
});

/** Every text of these characters up to a length. */
function everyText(characters: string[], length: number): string[] {
  if (length === 0) return [""];
  const shorter = everyText(characters, length - 1);
  const longest = shorter.filter((text) => text.length === length - 1);
  return [...shorter, ...longest.flatMap((text) => characters.map((character) => text + character))];
}

describe("attribute names", () => {
  test.each(NASTY_NAMES)("%j counts like any other", (name) => {
    const item: WireItem = JSON.parse(`{"id":{"S":"1"},${JSON.stringify(name)}:{"S":"x"}}`);
    expect(equalEveryWay(item, { id: { S: "1" } })).toBe(false);
    expect(equalEveryWay(item, { id: { S: "1" }, [name]: { S: "y" } })).toBe(false);
    expect(equalEveryWay(item, { [name]: { S: "x" }, id: { S: "1" } })).toBe(true);
    expect(equalEveryWay({ m: { M: item } }, { m: { M: { id: { S: "1" } } } })).toBe(false);
  });

  test("all of them together, in any order", () => {
    const names = [...NASTY_NAMES];
    const item = Object.fromEntries(names.map((name, at) => [name, { N: String(at) }]));
    const reversed = Object.fromEntries(Object.entries(item).reverse());
    expect(equalEveryWay(item, reversed)).toBe(true);
    expect(Object.keys(item).length).toBe(names.length);
  });
});

describe("digest", () => {
  test("is SHA-256 of the canonical form as UTF-8", () => {
    fc.assert(
      fc.property(wireItem, (item) => {
        const expected = createHash("sha256").update(canonicalItem(item), "utf8").digest();
        expect(Buffer.from(digestOf(item), "base64").equals(expected)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("passes over what is ignored", () => {
    const ignored = ignoredAttributes(["seen"], false);
    const [a, b]: WireItem[] = [
      { id: { S: "1" }, seen: { N: "1" }, "aws:rep:deleting": { BOOL: false } },
      { id: { S: "1" }, seen: { N: "2" } },
    ];
    expect(digestOf(a!, ignored)).toBe(digestOf(b!, ignored));
    expect(digestOf(a!, ignored)).toBe(digestOf({ id: { S: "1" } }, ignored));
    expect(digestOf(a!)).not.toBe(digestOf(b!));
  });
});

test("comparing does not change the items", () => {
  fc.assert(
    fc.property(wireItem, (item) => {
      const before = JSON.stringify(item);
      digestOf(item, ignoredAttributes(["a"], false));
      expect(JSON.stringify(item)).toBe(before);
    }),
    { numRuns: 300 },
  );
});
