import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { KeySchema, WireKey } from "../../src/core/item/attribute-value.ts";
import { keyId } from "../../src/core/item/key-id.ts";
import { parseKey } from "../../src/core/item/key-input.ts";

/** The format itself: SHA-256, in lowercase hex, of exactly this JSON text. */
const sha256 = (json: string) => createHash("sha256").update(Buffer.from(json, "utf8")).digest("hex");

// Text as it is hashed on the right, written by hand. The first name of a pair is the partition key.
const VECTORS: [string, WireKey, string][] = [
  ["a string", { id: { S: "abc" } }, '{"id":{"S":"abc"}}'],
  ["a number", { id: { N: "5" } }, '{"id":{"N":"5"}}'],
  ["a negative number", { id: { N: "-0.5" } }, '{"id":{"N":"-0.5"}}'],
  ["38 digits", { id: { N: `9${"1".repeat(37)}` } }, `{"id":{"N":"9${"1".repeat(37)}"}}`],
  ["binary", { id: { B: "AAEC/w==" } }, '{"id":{"B":"AAEC/w=="}}'],
  ["alphabetical order", { a: { S: "x" }, b: { N: "1" } }, '{"a":{"S":"x"},"b":{"N":"1"}}'],
  ["schema order is not alphabetical", { pk: { S: "x" }, at: { N: "1" } }, '{"at":{"N":"1"},"pk":{"S":"x"}}'],
  ["capitals come first", { a: { S: "x" }, B: { S: "y" } }, '{"B":{"S":"y"},"a":{"S":"x"}}'],
  ["a prefix comes first", { id2: { S: "x" }, id: { S: "y" } }, '{"id":{"S":"y"},"id2":{"S":"x"}}'],
  ["names like numbers", { "10": { S: "x" }, "9": { S: "y" } }, '{"10":{"S":"x"},"9":{"S":"y"}}'],
  ["names with dots", { "b.c": { S: "x" }, a: { B: "AA==" } }, '{"a":{"B":"AA=="},"b.c":{"S":"x"}}'],
  ["accents", { id: { S: "Zoë" } }, '{"id":{"S":"Zoë"}}'],
  ["emoji in names and values", { "🔑": { S: "😀👨‍👩‍👧" } }, '{"🔑":{"S":"😀👨‍👩‍👧"}}'],
  ["quotes and backslashes", { id: { S: 'a"b\\c/d' } }, '{"id":{"S":"a\\"b\\\\c/d"}}'],
  ["control characters", { id: { S: "\n\t\u0000\u001b" } }, '{"id":{"S":"\\n\\t\\u0000\\u001b"}}'],
  ["not escaped for a terminal", { id: { S: "\u007f\u200b\u2028" } }, '{"id":{"S":"\u007f\u200b\u2028"}}'],
  ["spaces", { "a b": { S: " x " } }, '{"a b":{"S":" x "}}'],
];

describe("key id", () => {
  test.each(VECTORS)("%s", (_, key, json) => {
    expect(keyId(key)).toBe(sha256(json));
  });

  test("the documented example, its digest computed elsewhere", () => {
    expect(keyId({ id: { S: "abc" } })).toBe(
      "8f6d96a2442d76bb99e39f6d179ac31b313bf5e31bcd8caa62c44690bf465115",
    );
  });

  test("a name that JavaScript knows", () => {
    const key: WireKey = JSON.parse('{"__proto__":{"S":"x"},"constructor":{"N":"1"}}');
    expect(keyId(key)).toBe(sha256('{"__proto__":{"S":"x"},"constructor":{"N":"1"}}'));
  });

  test("does not depend on the order of the key's attributes", () => {
    expect(keyId({ pk: { S: "x" }, at: { N: "1" } })).toBe(keyId({ at: { N: "1" }, pk: { S: "x" } }));
  });
});

describe("the id of a key that somebody types", () => {
  const schema: KeySchema = [
    { name: "pk", type: "S" },
    { name: "at", type: "N" },
  ];
  const id = sha256('{"at":{"N":"5"},"pk":{"S":"x"}}');

  // DynamoDB gives every one of these back as 5, and that is what the record in the folder is named by.
  test.each(["5", '"5"', "5.0", '"5.00"', "5e0", "0.5E1", '"+5"', '"05"', '{"N":"5.0"}'])(
    "does not depend on how the number is spelled: %s",
    (number) => {
      expect(keyId(parseKey(`{"pk":"x","at":${number}}`, schema))).toBe(id);
    },
  );

  test.each([
    ["1e2", "100"],
    ["-0", "0"],
    ["1.50", "1.5"],
    ['".5"', "0.5"],
    ['"1E-3"', "0.001"],
    // However long the row of zeros is, DynamoDB spells it out.
    ["1e100", `1${"0".repeat(100)}`],
    ["-1e-130", `-0.${"0".repeat(129)}1`],
  ])("%s is %s", (typed, stored) => {
    const key = parseKey(`{"pk":"x","at":${typed}}`, schema);
    expect(keyId(key)).toBe(sha256(`{"at":{"N":"${stored}"},"pk":{"S":"x"}}`));
  });
});
