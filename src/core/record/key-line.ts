import { parse, stringify } from "lossless-json";
import { DdbrError } from "../errors.ts";
import type { KeySchema, WireKey } from "../item/attribute-value.ts";
import { parseKey } from "../item/key-input.ts";

/**
 * The key that a line of a keys file names: itself a key, as `parseKey` takes it, or a line of a report or of `--json`, which
 * holds one beside its `kind` or `event`. Undefined for such a line that is about no record (a segment, progress).
 * @param place where the line stands, for errors
 * @throws DdbrError `key`
 */
export function parseKeyLine(line: string, schema: KeySchema, place: string): WireKey | undefined {
  try {
    const told = tellingLine(line, schema);
    if (told === undefined) return parseKey(line, schema);
    return told.key === undefined ? undefined : parseKey(stringify(told.key)!, schema);
  } catch (error) {
    if (!(error instanceof DdbrError)) throw error;
    const { code, message, hint, cause } = error;
    throw new DdbrError(code, message, { subject: place, hint, cause });
  }
}

/** Undefined: the line is no report's. */
function tellingLine(line: string, schema: KeySchema): { key?: unknown } | undefined {
  if (!/"(kind|event)"/.test(line)) return undefined;
  let value: unknown;
  try {
    value = parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { kind, event } = value as { kind?: unknown; event?: unknown };
  if (typeof kind !== "string" && typeof event !== "string") return undefined;
  // A table's own key may be called `kind`, `event` and `key`.
  const isKey = Object.keys(value).every((name) => schema.some((attribute) => attribute.name === name));
  return isKey ? undefined : value;
}
