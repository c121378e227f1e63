import { PARTITIONS, PartitionedSpool, partitionOf } from "../diff/partitioned-spool.ts";
import { DdbrError } from "../errors.ts";
import { mayHoldEvents, type TimeWindow } from "../history/events-around.ts";
import { type HistoryVersion, historyVersion } from "../history/record-history.ts";
import { versionsByObject } from "../incremental/folder-at.ts";
import { hasKey } from "../incremental/record-folder.ts";
import { isRecordName, olderRecordNames, readRecordBody } from "../incremental/record-object.ts";
import type { KeySchema } from "../item/attribute-value.ts";
import type { ObjectStore, ObjectVersion } from "../store/object-store.ts";
import type { RestoreRun } from "./restore-run.ts";

/** Records that are read to see in which order the attributes of their keys were hashed. */
const SAMPLE = 16;
const MD5_CHARACTERS = 32;

/** The objects of a folder that may have changed in a window, with their versions; on disk, so memory doesn't grow with the folder. */
export class WindowListing {
  /** Whether records lie, or have lain, under names that older tools have given them. */
  holdsOlderNames = false;
  readonly #spool = new PartitionedSpool();

  add(versions: readonly HistoryVersion[]): void {
    this.#spool.add(partitionOf(versions[0]!.name), JSON.stringify(versions));
  }

  /** The versions of each object, newest first. */
  *objects(): Generator<HistoryVersion[]> {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      for (const line of this.#spool.lines(partition)) yield JSON.parse(line);
    }
  }

  close(): void {
    this.#spool.close();
  }
}

/**
 * Lists all versions of a folder. Reports `foreign` objects.
 * @param folder opened at the table's own folder; keeps versions
 * @throws DdbrError `no-such-object` when it held no record yet at the window's beginning
 */
export async function listWindow(
  folder: ObjectStore,
  schema: KeySchema,
  window: TimeWindow,
  { signal, gate, report }: RestoreRun,
): Promise<WindowListing> {
  const listing = new WindowListing();
  let begun = Number.POSITIVE_INFINITY;
  // An MD5 shows in the listing; a SHA-256 of the key in the other order does not.
  let toRead = schema.length > 1 ? SAMPLE : 0;
  try {
    for await (const versions of versionsByObject(folder, signal)) {
      await gate.passed(signal);
      const { key: name, deleted } = versions[0]!;
      if (!isRecordName(name)) {
        if (!deleted) report({ type: "foreign", object: name, reason: "its name is no record's" });
        continue;
      }
      begun = Math.min(begun, versions.at(-1)!.modified);
      if (name.length === MD5_CHARACTERS) listing.holdsOlderNames = true;
      else if (toRead-- > 0) listing.holdsOlderNames ||= await isOlder(folder, versions, schema, signal);
      if (mayHoldEvents(versions, window)) listing.add(versions.map(historyVersion));
    }
    if (begun > window.from) throw laterFolder(folder, window, begun === Number.POSITIVE_INFINITY);
    return listing;
  } catch (error) {
    listing.close();
    throw error;
  }
}

async function isOlder(
  folder: ObjectStore,
  versions: readonly ObjectVersion[],
  schema: KeySchema,
  signal: AbortSignal,
): Promise<boolean> {
  const newest = versions.find(({ deleted, archived }) => !deleted && !archived);
  const object = newest && (await folder.get(newest.key, newest.versionId, signal));
  const item = object && readRecordBody(object.body);
  return (
    typeof item === "object" && hasKey(item, schema) && olderRecordNames(item, schema).includes(newest!.key)
  );
}

/**
 * Why a window cannot be gone back over that begins before the folder does: what a backfill has put since would pass for
 * made in it, and what it was before is nowhere.
 */
export function laterFolder(folder: ObjectStore, { from }: TimeWindow, isEmpty: boolean): DdbrError {
  const subject = folder.location.text;
  if (isEmpty) {
    return new DdbrError("no-such-object", "holds no record", {
      subject,
      hint: "name the folder that holds the table's folder: the table's name is appended to it",
    });
  }
  return new DdbrError("no-such-object", `held no record yet at ${new Date(from).toISOString()}`, {
    subject,
    hint: "the folder was begun later; check the time and its zone",
  });
}
