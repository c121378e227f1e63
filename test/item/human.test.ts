import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { AttributeValue, WireItem } from "../../src/core/item/attribute-value.ts";
import { humanJson, humanValue, safeJson } from "../../src/core/item/human.ts";
import { equalDecimals } from "./decimal.ts";
import { UNSAFE } from "./unsafe-text.ts";
import { NASTY_NAMES, wireItem } from "./wire-items.ts";

/** Where a number was: its text, all digits of it. */
class NumberText {
  constructor(readonly text: string) {}
}

/** Reads JSON with numbers as text; the reviver's third argument is not in TypeScript's library yet. */
function readJson(json: string): unknown {
  const revive = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? new NumberText(context!.source!) : value;
  return JSON.parse(json, revive as (key: string, value: unknown) => unknown);
}

/** That the JSON value says what the wire form says; a number may be spelled in any way. */
function expectSame(human: unknown, value: AttributeValue): void {
  if ("M" in value) {
    expectSameItem(human, value.M);
  } else if ("L" in value || "NS" in value) {
    const wire = "L" in value ? value.L : value.NS.map((N) => ({ N }));
    const elements = human as unknown[];
    expect(elements.length).toBe(wire.length);
    for (const [at, element] of elements.entries()) expectSame(element, wire[at]!);
  } else if ("N" in value) {
    const text = human instanceof NumberText ? human.text : (human as string);
    expect(equalDecimals(text, value.N)).toBe(true);
  } else if ("NULL" in value) {
    expect(human).toBeNull();
  } else {
    expect(human).toEqual(Object.values(value)[0]);
  }
}

function expectSameItem(human: unknown, item: WireItem): void {
  const attributes = human as Record<string, unknown>;
  expect(Object.keys(attributes)).toEqual(Object.keys(item));
  for (const name of Object.keys(item)) expectSame(attributes[name], item[name]!);
}

describe("any item", () => {
  test("as people write it says what the item says, on one safe line", () => {
    fc.assert(
      fc.property(wireItem, (item) => {
        const text = humanJson(item);
        expect(text).not.toMatch(UNSAFE);
        expectSameItem(readJson(text), item);
      }),
      { numRuns: 1_000 },
    );
  });

  test("any value alone", () => {
    fc.assert(
      fc.property(wireItem, (item) => {
        const text = humanValue({ M: item });
        expect(text).not.toMatch(UNSAFE);
        expect(text).toBe(humanJson(item));
        for (const value of Object.values(item)) expectSame(readJson(humanValue(value)), value);
      }),
      { numRuns: 300 },
    );
  });

  test("in wire form is the same item when read back", () => {
    fc.assert(
      fc.property(wireItem, (item) => {
        const text = safeJson(item);
        expect(text).not.toMatch(UNSAFE);
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(item));
      }),
      { numRuns: 500 },
    );
  });

  test("whatever code units its strings are made of, halves of pairs among them", () => {
    const units = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(units, (text) => {
        const json = humanJson({ id: { S: text } });
        expect(json).not.toMatch(UNSAFE);
        expect(JSON.parse(json)).toEqual({ id: text });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("as people write it", () => {
  const ITEMS: [WireItem, string][] = [
    [{ id: { S: "abc" }, n: { N: "5" } }, '{"id":"abc","n":5}'],
    [{ n: { N: "-0.5" }, e: { N: "1E+3" } }, '{"n":-0.5,"e":1E+3}'],
    [{ yes: { BOOL: true }, no: { BOOL: false }, nil: { NULL: true } }, '{"yes":true,"no":false,"nil":null}'],
    [{ s: { SS: ["b", "a"] }, n: { NS: ["2", "1"] } }, '{"s":["b","a"],"n":[2,1]}'],
    [{ b: { B: "AAE=" }, bs: { BS: ["AA==", "AQ=="] } }, '{"b":"AAE=","bs":["AA==","AQ=="]}'],
    [{ l: { L: [{ M: {} }, { L: [] }, { S: "" }] } }, '{"l":[{},[],""]}'],
    [{ q: { S: 'say "hi" \\o/' } }, '{"q":"say \\"hi\\" \\\\o/"}'],
    [{ "a.b": { S: "😀 é 日本" } }, '{"a.b":"😀 é 日本"}'],
    [{}, "{}"],
  ];

  test.each(ITEMS)("%j", (item, text) => {
    expect(humanJson(item)).toBe(text);
  });

  test.each([
    "9007199254740993",
    "12345678901234567890123456789012345678",
    "-0.00000000000000000000000000000000000012345678901234567890123456789012345678",
    `1${"0".repeat(125)}`,
  ])("%s keeps all of its digits", (N) => {
    expect(humanJson({ n: { N } })).toBe(`{"n":${N}}`);
    expect(humanValue({ NS: [N, "1"] })).toBe(`[${N},1]`);
  });

  test.each(["+5", ".5", "5.", "007", "abc", ""])("a number that JSON cannot spell stays text: %j", (N) => {
    expect(humanValue({ N })).toBe(JSON.stringify(N));
  });

  test.each(NASTY_NAMES)("an attribute may be called %j", (name) => {
    const item: WireItem = { [name]: { BOOL: true }, other: { M: { [name]: { S: "x" } } } };
    const text = humanJson(item);
    expect(text).not.toMatch(UNSAFE);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ [name]: true, other: { [name]: "x" } })));
  });

  test("a type that is not known yet does not break the line", () => {
    const value = JSON.parse('{"X\\u001b":"?"}') as AttributeValue;
    expect(humanValue(value)).toBe('"X\\u001b"');
  });
});
