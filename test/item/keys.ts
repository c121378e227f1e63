import fc from "fast-check";
import type { AttributeValue, KeySchema, KeyType, WireKey } from "../../src/core/item/attribute-value.ts";
import { numberText } from "./number-texts.ts";
import { attributeName } from "./wire-items.ts";

const TYPES: readonly KeyType[] = ["S", "N", "B"];

/** Every kind of key there is: each type alone, and each with each. */
export const KEY_SCHEMAS: readonly KeySchema[] = [
  ...TYPES.map((type): KeySchema => [{ name: "id", type }]),
  ...TYPES.flatMap((type) =>
    TYPES.map(
      (sortType): KeySchema => [
        { name: "pk", type },
        { name: "at", type: sortType },
      ],
    ),
  ),
];

export const keySchema: fc.Arbitrary<KeySchema> = fc
  .tuple(
    fc.uniqueArray(attributeName, { minLength: 1, maxLength: 2 }),
    fc.constantFrom(...TYPES),
    fc.constantFrom(...TYPES),
  )
  .map(([[name, sortName], type, sortType]): KeySchema => {
    const partition = { name: name!, type };
    return sortName === undefined ? [partition] : [partition, { name: sortName, type: sortType }];
  });

const content: Record<KeyType, fc.Arbitrary<string>> = {
  // Few characters, those with which composite keys might be glued: a collision is likely to be met.
  S: fc.oneof(
    fc.string({ unit: fc.constantFrom(..."01:ab"), minLength: 1, maxLength: 4 }),
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.constantFrom("\u0000", "1:", ":", "😀", "1:a2:b", "e\u0301", "é"),
  ),
  N: fc.oneof(fc.constantFrom("0", "1", "1.0", "-1", "11", "1e1", "10"), numberText),
  B: fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString("base64")),
};

/** Keys of a table with this schema, in wire form, numbers in any spelling. */
export function keysOf(schema: KeySchema): fc.Arbitrary<WireKey> {
  const values = schema.map(({ name, type }) =>
    content[type].map((text) => [name, { [type]: text } as AttributeValue] as const),
  );
  return fc.tuple(...values).map((entries) => Object.fromEntries(entries));
}
