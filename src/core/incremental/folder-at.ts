import { DdbrError } from "../errors.ts";
import { EVENT_NAME, EVENT_TIME } from "../store/metadata-names.ts";
import type { Metadata, ObjectStore, ObjectVersion } from "../store/object-store.ts";
import { isRecordName } from "./record-object.ts";

/** What a folder held of one object. */
export interface HeldObject {
  key: string;
  /** Undefined: whatever is there now. */
  versionId: string | undefined;
}

/** All versions that a folder keeps, those of one object at a time, newest first. */
export async function* versionsByObject(
  store: ObjectStore,
  signal: AbortSignal,
): AsyncGenerator<ObjectVersion[]> {
  for await (const page of store.versions({ folder: "" }, signal)) {
    for (let from = 0, to = 0; from < page.length; from = to) {
      while (to < page.length && page[to]!.key === page[from]!.key) to++;
      yield page.slice(from, to);
    }
  }
}

/**
 * What an object was at a moment: the version, or the deletion, that was the last to happen by then; undefined: not there yet; `lost`: there was
 * something, but a version of then is not kept any more.
 * A version happened when its event did, as far as that is recorded, else when it was stored. To know this of all would take a
 * request for each: only those are looked at that were stored after the moment, and of these none beyond the first that happened later.
 * @param versions all there are of one object, newest first
 * @param at milliseconds since 1970; what happened in that very millisecond is included
 */
export async function versionAt(
  store: ObjectStore,
  versions: readonly ObjectVersion[],
  at: number,
  signal: AbortSignal,
): Promise<ObjectVersion | "lost" | undefined> {
  const stored = versions.findIndex(({ modified }) => modified <= at);
  const first = stored < 0 ? versions.length : stored;
  const oldest = versions.at(-1);
  // Nothing is recorded with what is no record, and its name may be none that can be asked for.
  if (oldest === undefined || !isRecordName(oldest.key)) return versions[first];

  // It may have been stored after the moment, where only the second is known: what is recorded says more.
  let index = first;
  while (isVague(versions[index], at) && (await eventTime(store, versions[index]!, signal)) > at) index++;
  // A stream's events come late: what was stored after the moment may have happened before it.
  if (index === first) {
    while (index > 0 && (await eventTime(store, versions[index - 1]!, signal)) <= at) index--;
  }
  if (index < versions.length) return versions[index];
  return (await beganBefore(store, oldest, signal)) ? "lost" : undefined;
}

function isVague(version: ObjectVersion | undefined, at: number): boolean {
  return version !== undefined && version.modified % 1000 === 0 && at - version.modified < 999;
}

/** Milliseconds since 1970; NaN, which is neither before nor after anything, where it is not recorded. */
async function eventTime(store: ObjectStore, version: ObjectVersion, signal: AbortSignal): Promise<number> {
  return Date.parse((await metadataOf(store, version, signal))[EVENT_TIME] ?? "");
}

/** Whether the record was there before the oldest version that is kept of it: a rule of the bucket may have expired others. */
async function beganBefore(store: ObjectStore, oldest: ObjectVersion, signal: AbortSignal): Promise<boolean> {
  const event = (await metadataOf(store, oldest, signal))[EVENT_NAME];
  return event === "MODIFY" || event === "REMOVE";
}

async function metadataOf(
  store: ObjectStore,
  version: ObjectVersion,
  signal: AbortSignal,
): Promise<Metadata> {
  return version.metadata ?? (await store.metadata(version.key, version.versionId, signal)) ?? {};
}

/** @throws DdbrError `usage` where no moment can be gone back to */
export async function requireVersions(store: ObjectStore, signal: AbortSignal, what = "--at"): Promise<void> {
  if (await store.keepsVersions(signal)) return;
  throw new DdbrError("usage", `${what} needs versions, and the bucket keeps none`, {
    subject: store.location.text,
    hint: "turn on versioning for the bucket: from then on any moment can be had",
  });
}

/** What is said of an object that was there, but of which no version of the moment is kept. */
export const LOST = "was there, but its version of that moment is not kept any more";
