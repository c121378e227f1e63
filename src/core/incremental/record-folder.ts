import type { SideDescription } from "../diff/diff-events.ts";
import type { RecordSide, RepairTarget, RequestObserver } from "../diff/source.ts";
import { inParallel } from "../in-parallel.ts";
import { type KeySchema, keyOf, type WireItem, type WireKey } from "../item/attribute-value.ts";
import { keyString } from "../item/key-string.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { olderRecordNames, readRecordBody, recordBody, recordName } from "./record-object.ts";

/** A record as it was found, and its object's name. */
export interface FoundRecord {
  name: string;
  item: WireItem;
}

/** The incremental folder of one table: as one side of a comparison, and as what is repaired. */
export interface RecordFolder extends RecordSide, RepairTarget {
  /** The record's object; also under a name that older tools have given it. */
  find(key: WireKey, signal: AbortSignal): Promise<FoundRecord | undefined>;
  /** What the record's object was called when it was read last, where that is not its own name. */
  olderName(key: WireKey): string | undefined;
  /** What an object holds, or what is wrong with it; undefined when there is none. */
  open(name: string, signal: AbortSignal): Promise<WireItem | string | undefined>;
  /** Names of all objects, in pages and in no order. */
  names(signal: AbortSignal): AsyncIterable<string[]>;
  /** Deletes an object, whatever it holds. */
  remove(name: string): Promise<void>;
}

/** Reads at once for one call; several calls may be under way. */
const READS_AT_ONCE = 16;

/**
 * @param store opened at the table's own folder
 * @param expected how many records there should be, for showing progress
 */
export function openRecordFolder(store: ObjectStore, schema: KeySchema, expected: number): RecordFolder {
  const description: SideDescription = {
    label: "backup",
    name: store.location.text,
    schema,
    items: expected,
    bytes: 0,
  };
  /** What the records that were read for confirming are called, where it isn't as it should be: what is repaired keeps its name. */
  const olderNames = new Map<string, string>();

  async function open(name: string, signal: AbortSignal): Promise<WireItem | string | undefined> {
    const object = await store.get(name, undefined, signal);
    // An empty object is a deletion under way: see the tombstones of the store.
    return object === undefined || object.body.length === 0 ? undefined : readRecordBody(object.body);
  }

  async function find(key: WireKey, signal: AbortSignal): Promise<FoundRecord | undefined> {
    for (const name of namesOf(key, schema)) {
      const item = await open(name, signal);
      // Whatever it is called: an object that holds another record is not this one.
      if (typeof item === "object" && isOf(item, key, schema)) return { name, item };
    }
    return undefined;
  }

  function noteName(key: WireKey, name: string | undefined): void {
    if (name === undefined || name === recordName(key, schema)) olderNames.delete(keyString(key, schema));
    else olderNames.set(keyString(key, schema), name);
  }

  const nameFor = (key: WireKey) => olderNames.get(keyString(key, schema)) ?? recordName(key, schema);

  return {
    description,
    find,
    olderName: (key) => olderNames.get(keyString(key, schema)),
    open,
    names: (signal) => store.list("", signal),
    remove: async (name) => void (await store.delete(name)),

    observe(observer: RequestObserver) {
      store.observe({
        answered: (call) => observer.answered({ ...call, readUnits: 0, writeUnits: 0 }),
        retried: (call) => observer.retried(call),
      });
    },

    async read(keys, _consistent, signal) {
      const items: WireItem[] = [];
      await inParallel(keys, READS_AT_ONCE, async (key) => {
        const found = await find(key, signal);
        noteName(key, found?.name);
        if (found !== undefined) items.push(found.item);
      });
      return items;
    },

    readyToWrite: async () => {},

    // A backup function may write the same record at the same time. The versions keep both images, and what is
    // read afterwards decides whether the newer one has to be written again.
    async put(item) {
      await store.put(nameFor(item), recordBody(item));
      return "written";
    },

    async delete(expected) {
      await store.delete(nameFor(expected));
      return "written";
    },
  };
}

/** Every name the record's object may have, the one that new records get first. */
export function* namesOf(key: WireKey, schema: KeySchema): Generator<string> {
  yield recordName(key, schema);
  yield* olderRecordNames(key, schema);
}

/** Whether the item has this key, whatever its object is called. */
export function isOf(item: WireItem, key: WireKey, schema: KeySchema): boolean {
  return hasKey(item, schema) && keyString(keyOf(item, schema), schema) === keyString(key, schema);
}

/** Whether the item has key attributes of the schema's types. */
export function hasKey(item: WireItem, schema: KeySchema): boolean {
  return schema.every(({ name, type }) => {
    const value = Object.hasOwn(item, name) ? item[name] : undefined;
    return value !== undefined && typeof (value as Record<string, unknown>)[type] === "string";
  });
}
