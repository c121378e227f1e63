import type { WireItem, WireKey } from "../item/attribute-value.ts";
import { equalValues } from "../item/equal.ts";
import { isWireItem } from "../item/validate.ts";
import type { Change } from "./change.ts";

/**
 * A change as one line of an undo file (docs/formats.md), with its line break.
 * @param table as the user typed it
 */
export function changeLine(table: string, { key, before, after }: Change): string {
  const line = { table, at: new Date().toISOString(), key, before: before ?? null, after: after ?? null };
  return `${JSON.stringify(line)}\n`;
}

/** Undefined: the text is no such line. The images are of the record that `key` names. */
export function parseChangeLine(text: string): Change | undefined {
  const { key, before, after } = parseObject(text) ?? {};
  if (!isWireItem(key) || !isImage(before, key) || !isImage(after, key)) return undefined;
  if (before === null && after === null) return undefined;
  return { key, before: before ?? undefined, after: after ?? undefined };
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isImage(value: unknown, key: WireKey): value is WireItem | null {
  if (value === null) return true;
  if (!isWireItem(value)) return false;
  for (const name in key) {
    if (!Object.hasOwn(value, name) || !equalValues(value[name]!, key[name]!)) return false;
  }
  return true;
}
