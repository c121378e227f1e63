import type { AttributeValue, KeySchema, KeyType, WireItem, WireKey } from "./attribute-value.ts";
import { canonicalNumber, plainNumber } from "./number.ts";

/**
 * A key as one compact string, the same for every spelling of the key, so that it can index a Map.
 * {@link keyFromString} turns it back into a wire-form key.
 */
export function keyString(item: WireItem, schema: KeySchema): string {
  const [partition, sort] = schema;
  const first = keyPart(item[partition.name]!, partition.type);
  if (sort === undefined) return first;
  return `${first.length}:${first}${keyPart(item[sort.name]!, sort.type)}`;
}

export function keyFromString(text: string, schema: KeySchema): WireKey {
  const [partition, sort] = schema;
  if (sort === undefined) return { [partition.name]: keyValue(text, partition.type) };
  const colon = text.indexOf(":");
  const end = colon + 1 + Number(text.slice(0, colon));
  return {
    [partition.name]: keyValue(text.slice(colon + 1, end), partition.type),
    [sort.name]: keyValue(text.slice(end), sort.type),
  };
}

function keyPart(value: AttributeValue, type: KeyType): string {
  const text = (value as Record<KeyType, string>)[type];
  return type === "N" ? canonicalNumber(text) : text;
}

function keyValue(text: string, type: KeyType): AttributeValue {
  return { [type]: type === "N" ? plainNumber(text) : text } as AttributeValue;
}
