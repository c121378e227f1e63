import type { AttributeValue, WireItem } from "./attribute-value.ts";
import type { Ignored } from "./canonical.ts";
import { canonicalNumber } from "./number.ts";

/**
 * Equal as DynamoDB sees it: order of attributes and set members never counts, numbers compare as numbers.
 * The same relation as equality of canonical forms, without building them: every pair of a comparison
 * goes through here.
 */
export function equalItems(a: WireItem | undefined, b: WireItem | undefined, ignored?: Ignored): boolean {
  if (a === undefined || b === undefined) return a === b;
  return equalMaps(a, b, ignored);
}

/** Two values in wire form; see {@link equalItems}. */
export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  for (const tag in a) {
    const ours = (a as Record<string, unknown>)[tag];
    const theirs = (b as Record<string, unknown>)[tag];
    if (theirs === undefined) return false;
    switch (tag) {
      case "N":
        return equalNumbers(ours as string, theirs as string);
      case "M":
        return equalMaps(ours as WireItem, theirs as WireItem);
      case "L":
        return equalLists(ours as AttributeValue[], theirs as AttributeValue[]);
      case "SS":
      case "BS":
        return equalSets(ours as string[], theirs as string[]);
      case "NS":
        return equalSets((ours as string[]).map(canonicalNumber), (theirs as string[]).map(canonicalNumber));
      default:
        return ours === theirs;
    }
  }
  return false;
}

function equalMaps(a: WireItem, b: WireItem, ignored?: Ignored): boolean {
  let surplus = 0;
  for (const name in a) {
    if (ignored?.(name)) continue;
    surplus++;
    // What `b` has not got itself may be found on its prototype, which equals no attribute value.
    const theirs = b[name];
    if (theirs === undefined || !equalValues(a[name]!, theirs)) return false;
  }
  for (const name in b) if (!ignored?.(name)) surplus--;
  return surplus === 0;
}

function equalNumbers(a: string, b: string): boolean {
  return a === b || canonicalNumber(a) === canonicalNumber(b);
}

function equalLists(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  return a.length === b.length && a.every((value, index) => equalValues(value, b[index]!));
}

function equalSets(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  if (a.every((member, index) => member === b[index])) return true;
  const sorted = b.toSorted();
  return a.toSorted().every((member, index) => member === sorted[index]);
}
