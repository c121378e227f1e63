import { EVENT_TIME } from "../store/metadata-names.ts";
import type { ObjectStore, ObjectVersion } from "../store/object-store.ts";
import { isRecordName } from "./record-object.ts";

/** What a folder held of one object. */
export interface HeldObject {
  key: string;
  /** Undefined: whatever is there now. */
  versionId: string | undefined;
}

/** The objects a folder holds now, in pages. */
export async function* objectsNow(store: ObjectStore, signal: AbortSignal): AsyncGenerator<HeldObject[]> {
  for await (const page of store.list("", signal)) {
    yield page.map((key) => ({ key, versionId: undefined }));
  }
}

/**
 * The versions that a folder held at a moment, in pages: of each object the newest that had been stored by then,
 * unless that was a deletion.
 * @param at milliseconds since 1970; what was stored in that very millisecond is included
 */
export async function* objectsAt(
  store: ObjectStore,
  at: number,
  signal: AbortSignal,
): AsyncGenerator<HeldObject[]> {
  for await (const page of store.versions({ folder: "" }, signal)) {
    const held: HeldObject[] = [];
    for (let from = 0, to = 0; from < page.length; from = to) {
      while (to < page.length && page[to]!.key === page[from]!.key) to++;
      const version = await heldAt(store, page.slice(from, to), at, signal);
      if (version !== undefined && !version.deleted) held.push(version);
    }
    yield held;
  }
}

/** @param versions of one object, newest first */
async function heldAt(
  store: ObjectStore,
  versions: readonly ObjectVersion[],
  at: number,
  signal: AbortSignal,
): Promise<ObjectVersion | undefined> {
  for (const version of versions) {
    if (version.modified > at) continue;
    // Where only the second is known, what is recorded says more of a version stored within that of `at`.
    // Nothing is recorded with what is no record, and its name may be none that can be asked for.
    const vague = version.modified % 1000 === 0 && at - version.modified < 999 && isRecordName(version.key);
    if (!vague || (await storedAt(store, version, signal)) <= at) return version;
  }
  return undefined;
}

/** The recorded time, as far as it lies within the second that the server says; else the beginning of that. */
async function storedAt(store: ObjectStore, version: ObjectVersion, signal: AbortSignal): Promise<number> {
  const metadata = await store.metadata(version.key, version.versionId, signal);
  const recorded = Date.parse(metadata?.[EVENT_TIME] ?? "");
  if (Number.isNaN(recorded)) return version.modified;
  return Math.min(Math.max(recorded, version.modified), version.modified + 999);
}
