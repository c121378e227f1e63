import { expect, test } from "bun:test";
import fc from "fast-check";
import { CanonicalBytes } from "../../src/core/fingerprint/canonical-bytes.ts";
import { KeyIdBytes } from "../../src/core/fingerprint/key-id-bytes.ts";
import type { KeyAttribute, WireItem } from "../../src/core/item/attribute-value.ts";
import { canonicalItem } from "../../src/core/item/canonical.ts";
import { ignoredAttributes } from "../../src/core/item/ignored.ts";
import { keyId } from "../../src/core/item/key-id.ts";
import { canonicalNumber } from "../../src/core/item/number.ts";
import { numberText } from "../item/number-texts.ts";
import { respelling } from "../item/respell.ts";
import { attributeName, wireItem } from "../item/wire-items.ts";

const ignored = ignoredAttributes([], false);
const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes!).toString("hex");

test("the bytes are those of the canonical form, whatever came before", () => {
  const bytes = new CanonicalBytes(ignored);
  fc.assert(
    fc.property(wireItem, (item) => {
      expect(Buffer.from(bytes.of(item)).toString()).toBe(canonicalItem(item, ignored));
    }),
    { numRuns: 2000 },
  );
});

test("items of many kinds, one after the other, in every order of attributes", () => {
  const bytes = new CanonicalBytes();
  const kinds = Array.from({ length: 12 }, (_, kind): WireItem => {
    const inner = {
      M: { [`k${kind}`]: { N: `${kind}` }, a: { L: [{ M: { [`z${kind % 3}`]: { S: "x" } } }] } },
    };
    const entries: [string, WireItem[string]][] = [
      ["id", { S: `${kind}` }],
      [`only-${kind}`, { BOOL: true }],
      ["inner", inner],
    ];
    return Object.fromEntries(kind % 2 ? entries : entries.reverse());
  });
  for (let round = 0; round < 3; round++) {
    for (const item of [...kinds, ...kinds.toReversed()]) {
      expect(Buffer.from(bytes.of(item)).toString()).toBe(canonicalItem(item));
    }
  }
});

test("long and wide texts are not cut", () => {
  const bytes = new CanonicalBytes();
  for (const S of [
    "x".repeat(400_000),
    "é".repeat(100_000),
    "😀".repeat(50),
    "a".repeat(49),
    `${"a".repeat(40)}é`,
  ]) {
    const item = { id: { S }, list: { L: Array.from({ length: 200 }, () => ({ S: S.slice(0, 4) })) } };
    expect(Buffer.from(bytes.of(item)).toString()).toBe(canonicalItem(item));
  }
});

test("numbers have their one spelling", () => {
  const bytes = new CanonicalBytes();
  const inItem = (N: string) => Buffer.from(bytes.of({ n: { N } })).toString();
  const expected = (N: string) => `M1:1:nN${canonicalNumber(N)};`;
  fc.assert(
    fc.property(numberText, (text) => inItem(text) === expected(text)),
    { numRuns: 2000 },
  );
  const odd = [
    "",
    "-",
    ".",
    "5.",
    ".5",
    "1.",
    "1.05",
    "-1.5",
    "0",
    "-0",
    "00",
    "10",
    "1e3",
    "12a3",
    "1.2.3",
    "1-2",
    "--1",
  ];
  const long = ["1".repeat(40), "1".repeat(41), `-1.${"0".repeat(36)}1`, `1.${"1".repeat(50)}`];
  for (const text of [...odd, ...long]) expect([text, inItem(text)]).toEqual([text, expected(text)]);
});

test("thousands of small values, without a name or a text between them", () => {
  const bytes = new CanonicalBytes();
  const small = [
    { NULL: true },
    { BOOL: true },
    { N: "1" },
    { L: [] },
    { M: {} },
    { S: "" },
    { N: "-1.5" },
  ] as const;
  for (const value of small) {
    const item: WireItem = { list: { L: Array.from({ length: 5000 }, () => value as WireItem[string]) } };
    expect(Buffer.from(bytes.of(item)).toString()).toBe(canonicalItem(item));
  }
});

test("a key's id is its object's name, however a number is spelled", () => {
  const schema: KeyAttribute[] = [
    { name: "sort", type: "N" },
    { name: "id", type: "S" },
  ];
  const ids = new KeyIdBytes(schema);
  const spellings = ["1500", "1.5e3", "1500.00", "+1500", "0.15E4"];
  for (const N of spellings) {
    const item = { sort: { N }, id: { S: 'q"\\é\u0001' }, other: { S: "x" } };
    expect(hex(ids.of(item))).toBe(keyId({ id: item.id, sort: { N: "1500" } }));
  }
  for (const [N, plain] of [
    ["-0", "0"],
    ["1e-3", "0.001"],
    ["1e40", `1${"0".repeat(40)}`],
  ] as const) {
    expect(hex(ids.of({ sort: { N }, id: { S: "a" } }))).toBe(keyId({ id: { S: "a" }, sort: { N: plain } }));
  }
});

test("keys of any names and texts", () => {
  fc.assert(
    fc.property(attributeName, fc.string({ unit: "grapheme" }), (name, S) => {
      const key: WireItem = Object.fromEntries([[name, { S }]]);
      expect(hex(new KeyIdBytes([{ name, type: "S" }]).of(key))).toBe(keyId(key));
    }),
  );
});

test("an item without the key has no id", () => {
  const ids = new KeyIdBytes([{ name: "toString", type: "S" }]);
  expect(ids.of({ id: { S: "a" } })).toBeUndefined();
  expect(ids.of({ toString: { N: "1" } })).toBeUndefined();
});

test("other words for the same item have the same bytes", () => {
  const bytes = new CanonicalBytes();
  fc.assert(
    fc.property(wireItem, respelling, (item, respell) => {
      const before = hex(bytes.of(item));
      expect(hex(bytes.of(respell(item)))).toBe(before);
    }),
  );
});
