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
  { found, foreign, at }: { found: number; foreign: number; at: number | undefined },
  { signal, report }: Pick<TransferRun, "signal" | "report">,
): Promise<void> {
  // Records that went while they were read were there.
  if (found > foreign || (await hasEverHeldRecord(source, signal, at))) {
    const when = at === undefined ? "holds" : "then held";
    report({ type: "warning", message: `the folder ${when} no record any more, so the snapshot is empty` });
    return;
  }
  if (at !== undefined && (await hasEverHeldRecord(source, signal))) {
    throw new DdbrError("no-such-object", `held no record yet at ${new Date(at).toISOString()}`, {
      subject: source.location.text,
      hint: "the folder was begun later; check the time and its zone",
    });
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
