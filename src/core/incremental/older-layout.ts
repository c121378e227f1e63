import type { KeySchema } from "../item/attribute-value.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { hasKey } from "./record-folder.ts";
import { isRecordName, olderRecordNames, readRecordBody } from "./record-object.ts";

/** Records that are read to see in which order the attributes of their keys were hashed. */
const SAMPLE = 16;

/**
 * Whether a folder holds records under names that older tools have given them. An MD5 shows in the listing; a SHA-256 of the key
 * in the other order does not, so some records are read, where the key has two attributes.
 */
export async function holdsOlderNames(
  store: ObjectStore,
  folder: string,
  schema: KeySchema,
  signal: AbortSignal,
): Promise<boolean> {
  let toRead = schema.length > 1 ? SAMPLE : 0;
  for await (const page of store.list(folder, signal)) {
    const names = page.map((key) => key.slice(folder.length + 1)).filter(isRecordName);
    if (names.some((name) => name.length === 32)) return true;
    const sample = names.slice(0, toRead);
    toRead -= sample.length;
    const older = await Promise.all(sample.map((name) => isOlderName(store, folder, name, schema, signal)));
    if (older.includes(true)) return true;
  }
  return false;
}

async function isOlderName(
  store: ObjectStore,
  folder: string,
  name: string,
  schema: KeySchema,
  signal: AbortSignal,
): Promise<boolean> {
  const object = await store.get(`${folder}/${name}`, undefined, signal);
  const item = object && readRecordBody(object.body);
  return typeof item === "object" && hasKey(item, schema) && olderRecordNames(item, schema).includes(name);
}
