import type { WireItem } from "./attribute-value.ts";

/** Whether a JSON value is an item in wire form, through and through. */
export function isWireItem(value: unknown): value is WireItem {
  return isWireMap(value) && Object.keys(value).length > 0;
}

function isWireMap(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const name in value) if (!isWireValue((value as Record<string, unknown>)[name])) return false;
  return true;
}

function isWireValue(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  let tags = 0;
  for (const tag in value) {
    if (++tags > 1 || !isContent(tag, (value as Record<string, unknown>)[tag])) return false;
  }
  return tags === 1;
}

function isContent(tag: string, content: unknown): boolean {
  switch (tag) {
    case "S":
    case "N":
    case "B":
      return typeof content === "string";
    case "BOOL":
      return typeof content === "boolean";
    case "NULL":
      return content === true;
    case "M":
      return isWireMap(content);
    case "L":
      return Array.isArray(content) && content.every(isWireValue);
    case "SS":
    case "NS":
    case "BS":
      return Array.isArray(content) && content.every((member) => typeof member === "string");
    default:
      return false;
  }
}
