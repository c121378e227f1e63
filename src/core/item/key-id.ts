import { hash } from "node:crypto";
import type { WireKey } from "./attribute-value.ts";

/**
 * The record's name in an incremental folder: lowercase hex SHA-256 of the wire-form key as JSON without
 * spaces, attribute names in ascending order, e.g. of `{"id":{"S":"abc"}}`.
 */
export function keyId(key: WireKey): string {
  const sorted = Object.keys(key)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${JSON.stringify(key[name])}`);
  return hash("sha256", `{${sorted.join(",")}}`, "hex");
}
