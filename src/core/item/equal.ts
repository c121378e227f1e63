import type { AttributeValue, WireItem } from "./attribute-value.ts";
import { canonicalItem, canonicalValue, type Ignored } from "./canonical.ts";

/** Equal as DynamoDB sees it: order of attributes and set members never counts, numbers compare as numbers. */
export function equalItems(a: WireItem | undefined, b: WireItem | undefined, ignored?: Ignored): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalItem(a, ignored) === canonicalItem(b, ignored);
}

export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  return canonicalValue(a) === canonicalValue(b);
}
