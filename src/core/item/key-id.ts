import { hash } from "node:crypto";
import type { WireKey } from "./attribute-value.ts";

/**
 * The record's name in an incremental folder: lowercase hex SHA-256 of the wire-form key as JSON without
 * spaces, attribute names in ascending order, e.g. of `{"id":{"S":"abc"}}`.
 */
export function keyId(key: WireKey): string {
  return hash("sha256", keyJson(key, Object.keys(key).sort()), "hex");
}

/**
 * Names of the same record in folders of other making: MD5 instead of SHA-256 (dynamodb-replicator until 2025), and the
 * key's attributes in the order given, i.e. the schema's, or in its reverse.
 */
export function olderKeyIds(key: WireKey): string[] {
  const names = Object.keys(key);
  const canonical = names.toSorted();
  const other = keyJson(key, canonical.toReversed());
  const md5 = hash("md5", keyJson(key, canonical), "hex");
  return names.length === 1 ? [md5] : [md5, hash("sha256", other, "hex"), hash("md5", other, "hex")];
}

function keyJson(key: WireKey, names: readonly string[]): string {
  return `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(key[name])}`).join(",")}}`;
}
