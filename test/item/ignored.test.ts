import { describe, expect, test } from "bun:test";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { equalItems } from "../../src/core/item/equal.ts";
import { ignoredAttributes } from "../../src/core/item/ignored.ts";

const REPLICATED: WireItem = {
  id: { S: "1" },
  "aws:rep:deleting": { BOOL: false },
  "aws:rep:updatetime": { N: "1732330101.000001" },
  "aws:rep:updateregion": { S: "eu-west-1" },
};
const PLAIN: WireItem = { id: { S: "1" } };

test("what old global tables add is passed over unless asked for", () => {
  expect(equalItems(REPLICATED, PLAIN, ignoredAttributes([], false))).toBe(true);
  expect(equalItems(REPLICATED, PLAIN, ignoredAttributes([], true))).toBe(false);
  expect(equalItems(REPLICATED, PLAIN)).toBe(false);
});

test("only their own attributes, not what looks similar", () => {
  const ignored = ignoredAttributes([], false)!;
  expect(ignored("aws:rep:anything")).toBe(true);
  for (const name of ["aws:rep", "aws:replica", "AWS:rep:deleting", "my aws:rep:deleting", "rep:", "aws:"]) {
    expect(ignored(name)).toBe(false);
  }
});

describe("named attributes", () => {
  test.each([true, false])("are passed over, by their exact names (aws:rep:* asked for: %p)", (asked) => {
    const ignored = ignoredAttributes(["ttl", "a.b", "__proto__", "toString", "*"], asked)!;
    for (const name of ["ttl", "a.b", "__proto__", "toString", "*"]) expect(ignored(name)).toBe(true);
    for (const name of ["TTL", "tt", "ttl2", "a", "b", "constructor", "valueOf", "", "x"]) {
      expect(ignored(name)).toBe(false);
    }
    expect(ignored("aws:rep:deleting")).toBe(!asked);
  });

  test("one of the aws:rep:* alone can be named", () => {
    const ignored = ignoredAttributes(["aws:rep:updatetime"], true)!;
    expect(ignored("aws:rep:updatetime")).toBe(true);
    expect(ignored("aws:rep:deleting")).toBe(false);
  });

  test("count inside of maps: only top-level attributes are passed over", () => {
    const ignored = ignoredAttributes(["ttl"], false);
    const [a, b]: WireItem[] = [
      { m: { M: { ttl: { N: "1" }, "aws:rep:deleting": { BOOL: true } } } },
      { m: { M: { ttl: { N: "2" } } } },
    ];
    expect(equalItems(a, b, ignored)).toBe(false);
  });

  test("a whole nested value goes with its name", () => {
    const ignored = ignoredAttributes(["m"], false);
    expect(equalItems({ m: { M: { x: { N: "1" } } } }, { m: { L: [] } }, ignored)).toBe(true);
    expect(equalItems({ m: { M: {} } }, {}, ignored)).toBe(true);
  });
});

test("an absent item is not an item whose attributes are all ignored", () => {
  expect(equalItems({ m: { S: "" } }, undefined, ignoredAttributes(["m"], false))).toBe(false);
});
