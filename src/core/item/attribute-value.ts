/**
 * Items in DynamoDB's wire form, exactly as they travel: numbers are decimal text (38 digits would
 * not survive a JavaScript number) and binary is base64 text. The SDK's own `AttributeValue` holds
 * binary as bytes; the two must never be mixed, hence types of their own.
 */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] }
  | { L: AttributeValue[] }
  | { M: WireItem };

/** An item, or the content of a map: attribute name → value in wire form. */
export type WireItem = { [attribute: string]: AttributeValue };

/** The key attributes of an item, in wire form. */
export type WireKey = WireItem;

export type KeyType = "S" | "N" | "B";

export interface KeyAttribute {
  name: string;
  type: KeyType;
}

/** A table's primary key: the partition key first, then the sort key where there is one. */
export type KeySchema = readonly [KeyAttribute] | readonly [KeyAttribute, KeyAttribute];

/** The type tag of a value: the one member it has. */
export function typeOf(value: AttributeValue): string {
  for (const tag in value) return tag;
  return "";
}

/** The item's key, its attributes in the schema's order. */
export function keyOf(item: WireItem, schema: KeySchema): WireKey {
  const key: WireKey = {};
  for (const { name } of schema) {
    setOwn(key, name, item[name]!);
  }
  return key;
}

/** Sets an attribute whatever its name: a plain assignment to `__proto__` would be lost. */
export function setOwn<Value>(target: { [name: string]: Value }, name: string, value: Value): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
