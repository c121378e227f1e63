import type { AttributeValue, WireItem } from "./attribute-value.ts";
import { canonicalNumber } from "./number.ts";

/** Says of a top-level attribute whether comparing passes over it. */
export type Ignored = (attribute: string) => boolean;

/**
 * One text for all spellings of the same item: attributes by name, set members sorted, numbers in their
 * one spelling. Every piece carries its type and length, so no two different items share a text.
 * Two items are equal exactly when their canonical forms are.
 */
export function canonicalItem(item: WireItem, ignored?: Ignored): string {
  return canonicalMap(item, ignored);
}

function canonicalMap(map: WireItem, ignored?: Ignored): string {
  let names = Object.keys(map);
  if (ignored !== undefined) names = names.filter((name) => !ignored(name));
  if (names.length > 1) names.sort();
  let text = `M${names.length}:`;
  for (const name of names) text += `${name.length}:${name}${canonicalValue(map[name]!)}`;
  return text;
}

/** The canonical form of one value; see {@link canonicalItem}. */
export function canonicalValue(value: AttributeValue): string {
  // `for in` reaches the one member without an array being made: this runs for every value of a table.
  for (const tag in value) {
    const content = (value as Record<string, unknown>)[tag];
    switch (tag) {
      case "S":
        return `S${(content as string).length}:${content}`;
      case "N":
        return `N${canonicalNumber(content as string)};`;
      case "B":
        return `B${(content as string).length}:${content}`;
      case "BOOL":
        return content ? "T" : "F";
      case "NULL":
        return "0";
      case "M":
        return canonicalMap(content as WireItem);
      case "L":
        return canonicalList(content as AttributeValue[]);
      case "NS":
        return canonicalSet(tag, (content as string[]).map(canonicalNumber));
      default:
        return canonicalSet(tag, (content as string[]).slice());
    }
  }
  return "";
}

function canonicalList(values: AttributeValue[]): string {
  let text = `L${values.length}:`;
  for (const value of values) text += canonicalValue(value);
  return text;
}

function canonicalSet(tag: string, members: string[]): string {
  members.sort();
  let text = `${tag}${members.length}:`;
  for (const member of members) text += `${member.length}:${member}`;
  return text;
}
