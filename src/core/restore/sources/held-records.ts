import { DdbrError } from "../../errors.ts";
import { type HeldObject, LOST, versionAt } from "../../incremental/folder-at.ts";
import { readRecordBody } from "../../incremental/record-object.ts";
import type { WireItem } from "../../item/attribute-value.ts";
import type { ObjectStore } from "../../store/object-store.ts";

/** What an incremental folder holds, or held at a moment, of single objects. */
export interface HeldRecords {
  /** @throws DdbrError `damaged` where it is not known: that must not pass for a record that was not there */
  read(object: string, signal: AbortSignal): Promise<WireItem | undefined>;
}

/** @param at milliseconds since 1970; undefined: now */
export function heldRecords(store: ObjectStore, at: number | undefined): HeldRecords {
  function unknown(object: string, problem: string): DdbrError {
    return new DdbrError("damaged", problem, {
      subject: `${store.location.text}/${object}`,
      hint: "see what else there is of it with record-history",
    });
  }

  async function heldOf(object: string, signal: AbortSignal): Promise<HeldObject | undefined> {
    if (at === undefined) return { key: object, versionId: undefined };
    for await (const versions of store.versions({ key: object }, signal)) {
      const version = await versionAt(store, versions, at, signal);
      if (version === "lost") throw unknown(object, LOST);
      if (version !== undefined && !version.deleted) return version;
    }
    return undefined;
  }

  return {
    async read(object, signal) {
      const held = await heldOf(object, signal);
      const stored = held && (await store.get(held.key, held.versionId, signal));
      // An empty object is a deletion under way: see the tombstones of the store.
      if (stored === undefined || stored.body.length === 0) return undefined;
      const item = readRecordBody(stored.body);
      if (typeof item === "object") return item;
      throw unknown(object, item);
    },
  };
}
