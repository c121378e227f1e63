import { describe, expect, test } from "bun:test";
import type { AttributeValue } from "../../src/core/item/attribute-value.ts";
import { itemSize } from "../../src/core/item/size.ts";

// The name `v` is 1 byte, which each sum on the right starts with.
const VALUES: [string, AttributeValue, number][] = [
  ["empty string", { S: "" }, 1 + 0],
  ["ASCII", { S: "hello" }, 1 + 5],
  ["two bytes a letter", { S: "äöü" }, 1 + 6],
  ["three bytes a letter", { S: "日本" }, 1 + 6],
  ["four bytes an emoji", { S: "😀" }, 1 + 4],
  ["a NUL character", { S: "\u0000" }, 1 + 1],
  ["zero", { N: "0" }, 1 + 1],
  ["one digit", { N: "5" }, 1 + 1 + 1],
  ["two digits", { N: "12" }, 1 + 1 + 1],
  ["four digits", { N: "1234" }, 1 + 2 + 1],
  ["38 digits", { N: "12345678901234567890123456789012345678" }, 1 + 19 + 1],
  ["a minus sign", { N: "-12" }, 1 + 1 + 1 + 1],
  ["zeros at the end are not significant", { N: "1200000000" }, 1 + 1 + 1],
  ["nor are zeros in front", { N: "0.0012" }, 1 + 1 + 1],
  ["nor are those that add nothing", { N: "0012.00" }, 1 + 1 + 1],
  ["an exponent", { N: "12E10" }, 1 + 1 + 1],
  ["empty binary", { B: "" }, 1 + 0],
  ["one byte", { B: "AA==" }, 1 + 1],
  ["two bytes", { B: "AAE=" }, 1 + 2],
  ["three bytes", { B: "AAEC" }, 1 + 3],
  ["true", { BOOL: true }, 1 + 1],
  ["false", { BOOL: false }, 1 + 1],
  ["NULL", { NULL: true }, 1 + 1],
  ["a set of strings", { SS: ["a", "bb", "é"] }, 1 + 1 + 2 + 2],
  ["a set of numbers", { NS: ["12", "-12"] }, 1 + 2 + 3],
  ["a set of binary", { BS: ["AA==", "AAEC"] }, 1 + 1 + 3],
  ["an empty list", { L: [] }, 1 + 3],
  ["an empty map", { M: {} }, 1 + 3],
  ["a list", { L: [{ S: "ab" }, { BOOL: true }, { NULL: true }] }, 1 + 3 + 3 + 2 + 1 + 1],
  ["a map", { M: { ab: { S: "c" }, é: { N: "12" } } }, 1 + 3 + 2 + (2 + 1) + (2 + 2)],
  ["a list of lists", { L: [{ L: [] }, { L: [{ S: "x" }] }] }, 1 + 3 + 2 + 3 + (3 + 1 + 1)],
  ["a map in a list", { L: [{ M: { a: { L: [{ S: "x" }] } } }] }, 1 + 3 + 1 + (3 + 1 + 1 + (3 + 1 + 1))],
];

describe("bytes of an item", () => {
  test.each(VALUES)("%s", (_, value, size) => {
    expect(itemSize({ v: value })).toBe(size);
  });

  test("names and values of all attributes add up", () => {
    expect(itemSize({})).toBe(0);
    // id 2 + abc 3, größe 7 + number 2, flag 4 + 1
    expect(itemSize({ id: { S: "abc" }, größe: { N: "12" }, flag: { BOOL: true } })).toBe(5 + 9 + 5);
  });

  test("names that JavaScript knows", () => {
    expect(itemSize(JSON.parse('{"__proto__":{"S":"x"},"toString":{"M":{"constructor":{"S":""}}}}'))).toBe(
      9 + 1 + (8 + 3 + 1 + 11),
    );
  });

  test("an item of the greatest size", () => {
    expect(itemSize({ id: { S: "a" }, v: { S: "x".repeat(400 * 1024 - 4) } })).toBe(400 * 1024);
  });
});
