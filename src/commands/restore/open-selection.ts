import type { AttributeValue, KeySchema } from "../../core/item/attribute-value.ts";
import { parseKey } from "../../core/item/key-input.ts";
import { parseCondition } from "../../core/restore/condition.ts";
import type { Selection } from "../../core/restore/selection.ts";
import { type KeySource, keySource, readKeys } from "../record/read-keys.ts";
import type { PartWords } from "./restore-request.ts";

/** Which records are asked for, understood by the table's key; close its keys. @throws DdbrError for what is no key or condition */
export async function openSelection(
  words: PartWords,
  schema: KeySchema,
  signal: AbortSignal,
): Promise<Selection> {
  const where = (words.where ?? []).map((text) => parseCondition("--where", text));
  const partition = words.partition === undefined ? undefined : partitionValue(words.partition, schema);
  const source = keysOf(words);
  const keys = source && (await readKeys(source, schema, signal));
  return { where, keys, partition };
}

function keysOf({ key, keysFile }: PartWords): KeySource | undefined {
  if (key === undefined && keysFile === undefined) return undefined;
  return keySource({ keys: key ?? [], keysFile }, process.stdin);
}

/** A bare value, or the part of a key that it is. */
function partitionValue(text: string, [hash]: KeySchema): AttributeValue {
  const typed = text.trimStart().startsWith("{") ? text : JSON.stringify({ [hash.name]: text });
  return parseKey(typed, [hash])[hash.name]!;
}
