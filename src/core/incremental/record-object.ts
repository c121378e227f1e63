import { isUtf8 } from "node:buffer";
import type { KeySchema, WireItem, WireKey } from "../item/attribute-value.ts";
import { keyOf } from "../item/attribute-value.ts";
import { keyId, olderKeyIds } from "../item/key-id.ts";
import { isWireItem } from "../item/validate.ts";

/**
 * A record in an incremental folder: the object `table/<key id>`, whose body is the item in wire form as JSON and nothing
 * else (docs/formats.md).
 */
export function recordName(item: WireItem, schema: KeySchema): string {
  return keyId(keyOf(item, schema));
}

export function recordBody(item: WireItem): string {
  return JSON.stringify(item);
}

/** Names that other tools, or older ones, have given the record. */
export function olderRecordNames(key: WireKey, schema: KeySchema): string[] {
  return olderKeyIds(keyOf(key, schema));
}

const RECORD_NAME = /^(?:[0-9a-f]{64}|[0-9a-f]{32})$/;

/** A SHA-256 in hex, or the MD5 of older folders. */
export function isRecordName(name: string): boolean {
  return RECORD_NAME.test(name);
}

function parseRecord(body: string): WireItem | string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return "is not JSON";
  }
  return isWireItem(value) ? value : "is not an item in wire form";
}

/** The item a record's body holds, or what is wrong with the body: what is not text must not become something else on the way. */
export function readRecordBody(body: Buffer): WireItem | string {
  if (body.length === 0) return "is empty";
  return isUtf8(body) ? parseRecord(body.toString()) : "is not UTF-8 text";
}
