import fc from "fast-check";
import type { AttributeValue, WireItem } from "../../src/core/item/attribute-value.ts";
import { numberText } from "./number-texts.ts";

/** Attribute names that trip naive code: JavaScript's own, reserved words, dots, emoji, the canonical form's syntax. */
export const NASTY_NAMES = [
  ...["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "toJSON", "length"],
  ...["isLosslessNumber", "value", "S", "N", "M", "L", "SS", "NULL", "Key", "size", "status"],
  ...[
    "a.b",
    "a..b",
    ".",
    "a[0]",
    "#n",
    ":v",
    " ",
    "\t",
    "\u0000",
    "\u001b[31m",
    "é",
    "e\u0301",
    "😀",
    "👨‍👩‍👧",
  ],
  ...[
    "1",
    "10",
    "2",
    "0",
    "-1",
    "1:a",
    "M0:",
    "1:aS1:b",
    "aws:rep:updatetime",
    "aws:rep",
    "ｆｕｌｌ",
    "\uffff",
  ],
];

export const attributeName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("a", "b", "c"),
  fc.constantFrom(...NASTY_NAMES),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
);

const text = fc.oneof(
  fc.constantFrom("", "a", "A", "1", "1.0", "true", "null"),
  fc.string({ unit: "grapheme" }),
  // What the canonical form itself is written with.
  fc.string({ unit: fc.constantFrom(..."SNBMLTF0123:;-e"), maxLength: 8 }),
);
const base64 = fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString("base64"));

const set = (members: fc.Arbitrary<string>) => fc.uniqueArray(members, { minLength: 1, maxLength: 4 });

/** Attribute values of every type, nested, in wire form. */
export const attributeValue: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(
      text.map((S) => ({ S })),
      numberText.map((N) => ({ N })),
      base64.map((B) => ({ B })),
      fc.boolean().map((BOOL) => ({ BOOL })),
      fc.constant<AttributeValue>({ NULL: true }),
      set(text).map((SS) => ({ SS })),
      set(numberText).map((NS) => ({ NS })),
      set(base64).map((BS) => ({ BS })),
    ),
    fc.array(tie("value"), { maxLength: 3 }).map((L) => ({ L })),
    attributesOf(tie("value")).map((M) => ({ M })),
  ),
})).value;

export const wireItem: fc.Arbitrary<WireItem> = attributesOf(attributeValue);

function attributesOf(value: fc.Arbitrary<AttributeValue>): fc.Arbitrary<WireItem> {
  const entry = fc.tuple(attributeName, value);
  // Object.fromEntries makes `__proto__` an attribute like any other, as JSON.parse does.
  return fc
    .uniqueArray(entry, { selector: ([name]) => name, maxLength: 4 })
    .map((entries) => Object.fromEntries(entries));
}

/** Few values of few shapes, so that equal and nearly equal pairs are frequent. */
const few = fc.constantFrom<AttributeValue>(
  ...[{ S: "" }, { S: "1" }, { N: "1" }, { N: "1.0" }, { N: "-1" }, { B: "" }, { B: "MQ==" }, { S: "MQ==" }],
  ...[{ NULL: true } as const, { BOOL: true }, { BOOL: false }, { S: "true" }, { L: [] }, { M: {} }],
  ...[{ SS: ["1", "2"] }, { SS: ["2", "1"] }, { NS: ["1", "2"] }, { NS: ["2.0", "1e0"] }, { BS: ["MQ=="] }],
  ...[{ SS: ["12"] }, { SS: ["1"] }, { NS: ["1"] }, { NS: ["12"] }, { L: [{ S: "1" }] }, { L: [{ N: "1" }] }],
  ...[{ L: [{ S: "1" }, { S: "2" }] }, { L: [{ S: "2" }, { S: "1" }] }, { M: { a: { S: "1" } } }],
  ...[
    { M: { a: { S: "1" }, b: { S: "2" } } },
    { M: { b: { S: "2" }, a: { S: "1" } } },
    { M: { a: { L: [] } } },
  ],
  ...[{ L: [{ L: [] }, { L: [] }] }, { L: [{ L: [{ L: [] }] }] }, { M: { a: { M: {} } } }],
);
export const similarItem: fc.Arbitrary<WireItem> = fc
  .uniqueArray(fc.tuple(fc.constantFrom("a", "b"), few), { selector: ([name]) => name })
  .map((entries) => Object.fromEntries(entries));
