import { DdbrError } from "../errors.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { TransferRun } from "../transfer/run-transfer.ts";
import { isRecordName } from "./record-object.ts";

/**
 * What to think of a folder that no record came from: a table that has none (any more) is backed up by an empty file, but
 * a name that was mistyped must not pass for one.
 * @throws DdbrError `no-such-object` when there is no record, and as far as can be seen there never was
 */
export async function checkEmpty(
  source: ObjectStore,
  { found, foreign }: { found: number; foreign: number },
  { signal, report }: Pick<TransferRun, "signal" | "report">,
): Promise<void> {
  // Records that went while they were read were there.
  if (found > foreign || (await hasEverHeldRecord(source, signal))) {
    report({ type: "warning", message: "the folder holds no record, so the snapshot is empty" });
    return;
  }
  throw new DdbrError(
    "no-such-object",
    foreign > 0 ? "holds no record, only other objects" : "holds nothing",
    {
      subject: source.location.text,
      hint: "name the folder of one table: what incremental-backfill was given, and the table's name after it",
    },
  );
}

/** As far as can be seen: earlier records only where versions are kept and may be listed. @param store opened at the folder */
export async function hasEverHeldRecord(store: ObjectStore, signal: AbortSignal): Promise<boolean> {
  try {
    for await (const page of store.versions({ folder: "" }, signal)) {
      if (page.some(({ key }) => isRecordName(key))) return true;
    }
  } catch (error) {
    // Whoever may only read what is there now cannot know: then it is as if there had been none.
    if (!(error instanceof DdbrError && error.code === "permission")) throw error;
  }
  return false;
}
