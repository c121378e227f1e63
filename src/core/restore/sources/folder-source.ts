import { inParallel } from "../../in-parallel.ts";
import { requireEverHeld } from "../../incremental/ever-held.ts";
import { FolderRecords } from "../../incremental/folder-records.ts";
import { isOf, namesOf } from "../../incremental/record-folder.ts";
import { isRecordName } from "../../incremental/record-object.ts";
import type { KeySchema, WireItem, WireKey } from "../../item/attribute-value.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { RestoreSource, SourceRecord } from "../restore-source.ts";
import { folderParts } from "./folder-parts.ts";
import { heldRecords } from "./held-records.ts";

export interface FolderSourceOptions {
  /** Opened at the table's own folder. */
  store: ObjectStore;
  /** As the user typed it. */
  name: string;
  /** The moment whose state is wanted, milliseconds since 1970; undefined: now. */
  at: number | undefined;
  /** Objects read at the same time. */
  reads: number;
  /** Why records may be missing from it. */
  lacks?: string | undefined;
}

/** An incremental folder, as it is or as it was at a moment. */
export function openFolderSource({ store, name, at, reads, lacks }: FolderSourceOptions): RestoreSource {
  const held = heldRecords(store, at);
  let isBegun = false;

  async function find(key: WireKey, schema: KeySchema, signal: AbortSignal): Promise<WireItem | undefined> {
    for (const object of namesOf(key, schema)) {
      const item = await held.read(object, signal);
      // Whatever it is called: an object that holds another record is not this one.
      if (item !== undefined && isOf(item, key, schema)) return item;
    }
    return undefined;
  }

  /** What a folder of another kind, or one that was not begun yet, has not got must not pass for deleted. */
  async function requireBegun(signal: AbortSignal): Promise<void> {
    if (isBegun) return;
    if (at !== undefined || !(await holdsRecord(signal))) {
      await requireEverHeld(store, { gone: 0, foreign: 0 }, at, signal);
    }
    isBegun = true;
  }

  async function holdsRecord(signal: AbortSignal): Promise<boolean> {
    for await (const names of store.list("", signal)) if (names.some(isRecordName)) return true;
    return false;
  }

  return {
    kind: "folder",
    name,
    asOf: at,
    items: 0,
    bytes: 0,
    schema: undefined,
    description: undefined,
    lacks,
    observe: (observer) => store.observe(observer),

    async *records(signal, listener) {
      let items = 0;
      const foreign = (object: string, reason: string) => listener.foreign(object, reason);
      const records = new FolderRecords({ store, at, reads, signal, foreign });
      for await (const page of records.pages()) {
        items += page.length;
        yield page.map(({ item }): SourceRecord => ({ item }));
      }
      // A folder that was not begun yet must not pass for a table without records.
      if (items === 0) await requireEverHeld(store, records, at, signal);
    },

    async find(keys, schema, signal) {
      const items: WireItem[] = [];
      await inParallel(keys, reads, async (key) => {
        const item = await find(key, schema, signal);
        if (item !== undefined) items.push(item);
      });
      if (items.length === 0) await requireBegun(signal);
      return items;
    },

    parts: folderParts({ store, at, reads, require: requireBegun }),

    close: () => store.close(),
  };
}
