import { DdbrError } from "../errors.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { FolderRecords } from "./folder-records.ts";
import { isRecordName } from "./record-object.ts";

/**
 * Sees to it that a folder that no record came from once had some: a table that has none (any more) is backed up by an empty
 * folder, but a name that was mistyped must not pass for one.
 * @param records all of them read
 * @throws DdbrError `no-such-object` when there is no record, and as far as can be seen there never was
 */
export async function requireEverHeld(
  store: ObjectStore,
  { gone, foreign }: Pick<FolderRecords, "gone" | "foreign">,
  at: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (gone > 0 || (await hasEverHeldRecord(store, signal, at))) return;
  if (at !== undefined && (await hasEverHeldRecord(store, signal))) {
    throw new DdbrError("no-such-object", `held no record yet at ${new Date(at).toISOString()}`, {
      subject: store.location.text,
      hint: "the folder was begun later; check the time and its zone",
    });
  }
  throw new DdbrError(
    "no-such-object",
    foreign > 0 ? "holds no record, only other objects" : "holds nothing",
    {
      subject: store.location.text,
      hint: "name the folder of one table: what incremental-backfill was given, and the table's name after it",
    },
  );
}

/**
 * As far as can be seen: earlier records only where versions are kept and may be listed.
 * @param store opened at the folder
 * @param until milliseconds since 1970
 */
export async function hasEverHeldRecord(
  store: ObjectStore,
  signal: AbortSignal,
  until = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  try {
    for await (const page of store.versions({ folder: "" }, signal)) {
      if (page.some(({ key, modified }) => isRecordName(key) && modified <= until)) return true;
    }
  } catch (error) {
    // Whoever may only read what is there now cannot know: then it is as if there had been none.
    if (!(error instanceof DdbrError && error.code === "permission")) throw error;
  }
  return false;
}
