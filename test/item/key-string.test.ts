import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { keyOf, type WireItem } from "../../src/core/item/attribute-value.ts";
import { keyFromString, keyString } from "../../src/core/item/key-string.ts";
import { numberProblem } from "../../src/core/item/number.ts";
import { KEY_SCHEMAS, keySchema, keysOf } from "./keys.ts";
import { respelling } from "./respell.ts";
import { structurallyEqual } from "./structural-equality.ts";

const typesOf = (schema: (typeof KEY_SCHEMAS)[number]) => schema.map(({ type }) => type).join(" + ");
const CASES = KEY_SCHEMAS.map((schema) => [typesOf(schema), schema] as const);

describe("a key of type", () => {
  test.each(CASES)("%s comes back from its string", (_, schema) => {
    fc.assert(
      fc.property(keysOf(schema), (key) => {
        const back = keyFromString(keyString(key, schema), schema);
        expect(structurallyEqual(back, key)).toBe(true);
        expect(Object.keys(back)).toEqual(schema.map(({ name }) => name));
        expect(keyString(back, schema)).toBe(keyString(key, schema));
      }),
      { numRuns: 500 },
    );
  });

  test.each(CASES)("%s shares its string with no other key", (_, schema) => {
    fc.assert(
      fc.property(keysOf(schema), keysOf(schema), (a, b) => {
        expect(keyString(a, schema) === keyString(b, schema)).toBe(structurallyEqual(a, b));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(CASES)("%s has one string in all its spellings", (_, schema) => {
    fc.assert(
      fc.property(keysOf(schema), respelling, (key, respell) => {
        expect(keyString(respell(key), schema)).toBe(keyString(key, schema));
      }),
      { numRuns: 300 },
    );
  });
});

test("any attribute names will do", () => {
  const keyAndSchema = keySchema.chain((schema) => fc.tuple(fc.constant(schema), keysOf(schema)));
  fc.assert(
    fc.property(keyAndSchema, ([schema, key]) => {
      const back = keyFromString(keyString(key, schema), schema);
      expect(structurallyEqual(back, key)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("the string is made of the key alone, whatever else the item holds", () => {
  const schema = KEY_SCHEMAS[3]!;
  const key: WireItem = { pk: { S: "a" }, at: { S: "b" } };
  const item: WireItem = { zz: { L: [] }, at: { S: "b" }, aa: { N: "1" }, pk: { S: "a" } };
  expect(keyString(item, schema)).toBe(keyString(key, schema));
  expect(JSON.stringify(keyOf(item, schema))).toBe(JSON.stringify(key));
});

test("composite keys whose parts run together differently are different", () => {
  const schema = KEY_SCHEMAS[3]!;
  const strings = [
    ["a", "bc"],
    ["ab", "c"],
    ["1:a", "b"],
    ["1", ":ab"],
    ["1:", "ab"],
    ["😀", "a"],
    ["a", "😀"],
    ["3:abc", "d"],
  ].map(([pk, at]) => keyString({ pk: { S: pk! }, at: { S: at! } }, schema));
  expect(new Set(strings).size).toBe(strings.length);
});

test("keys of 38 digits that differ in the last", () => {
  const schema = KEY_SCHEMAS[1]!;
  const [a, b] = ["1", "2"].map((last) => ({ id: { N: "9".repeat(37) + last } }));
  expect(keyString(a!, schema)).not.toBe(keyString(b!, schema));
  expect(keyFromString(keyString(a!, schema), schema)).toEqual(a!);
});

test("a number comes back as DynamoDB takes it", () => {
  const schema = KEY_SCHEMAS[1]!;
  fc.assert(
    fc.property(keysOf(schema), (key) => {
      const back = keyFromString(keyString(key, schema), schema);
      const [given, found] = [key, back].map(({ id }) => numberProblem((id as { N: string }).N));
      expect(found).toBe(given);
    }),
  );
});
