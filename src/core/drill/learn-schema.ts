import { requireEverHeld } from "../incremental/ever-held.ts";
import { FolderRecords } from "../incremental/folder-records.ts";
import { type KeyAttribute, type KeySchema, type KeyType, typeOf } from "../item/attribute-value.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** The names of more records than this are not tried. */
const MOST_RECORDS = 100;

/**
 * The key that the records of an incremental folder are named by; undefined where they do not tell. Of two attributes nothing says
 * which is the partition key: any table of these two holds the same records.
 * @param store opened at the folder
 * @param at milliseconds since 1970; undefined: now
 * @throws DdbrError `no-such-object` where it has never held a record
 */
export async function learnSchema(
  store: ObjectStore,
  { at, reads, signal }: { at: number | undefined; reads: number; signal: AbortSignal },
): Promise<KeySchema | undefined> {
  const records = new FolderRecords({
    store,
    at,
    reads: Math.min(reads, MOST_RECORDS),
    signal,
    foreign() {},
  });
  let seen = 0;
  for await (const page of records.pages()) {
    const { key } = records;
    const named = key && page.find(({ item }) => key.every((name) => Object.hasOwn(item, name)));
    if (key !== undefined && named !== undefined) {
      return schemaOf(key.map((name) => ({ name, type: typeOf(named.item[name]!) as KeyType })));
    }
    seen += page.length;
    if (seen >= MOST_RECORDS) return undefined;
  }
  if (seen === 0) await requireEverHeld(store, records, at, signal);
  return undefined;
}

/** Undefined where there are no attributes, as of a backup without items. */
export function schemaOf([first, second]: readonly KeyAttribute[]): KeySchema | undefined {
  if (first === undefined) return undefined;
  return second === undefined ? [first] : [first, second];
}
