import type { LimitFunction } from "p-limit";
import { PARTITIONS, PartitionedSpool, partitionOf } from "../diff/partitioned-spool.ts";
import type { TimeWindow } from "../history/events-around.ts";
import type { HistoryVersion } from "../history/record-history.ts";
import { RecordVersions } from "../history/record-versions.ts";
import { inParallel } from "../in-parallel.ts";
import { hasEverHeldRecord } from "../incremental/ever-held.ts";
import { recordName } from "../incremental/record-object.ts";
import type { KeySchema, WireKey } from "../item/attribute-value.ts";
import { keyFromString, keyString } from "../item/key-string.ts";
import type { KeyList } from "../record/key-list.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { RestoreRun } from "./restore-run.ts";
import { keyOfObject } from "./window-key.ts";
import { laterFolder, listWindow, type WindowListing } from "./window-listing.ts";

/** A record that may have changed in a window: its key, whose versions are still to be listed, or the versions of its only object. */
export type Candidate =
  | { key: WireKey; versions?: undefined }
  | { key?: undefined; versions: HistoryVersion[] };

export interface WindowFolder {
  /** Opened at the table's own folder; keeps versions. */
  folder: ObjectStore;
  schema: KeySchema;
  window: TimeWindow;
  /** Bounds the requests to the folder. */
  limit: LimitFunction;
}

const KEYS_AT_ONCE = 100;

/**
 * The records that may have changed in a window, each once. Without keys the whole folder is listed for that.
 * Reports `foreign` objects.
 * @throws DdbrError `no-such-object` when the folder held no record yet at the window's beginning
 */
export async function* windowCandidates(
  where: WindowFolder,
  keys: KeyList | undefined,
  run: RestoreRun,
): AsyncGenerator<Candidate> {
  if (keys !== undefined) {
    yield* givenRecords(where, keys, run);
    return;
  }
  const listing = await listWindow(where.folder, where.schema, where.window, run);
  try {
    if (listing.holdsOlderNames) yield* recordsByKey(where, listing, run);
    else for (const versions of listing.objects()) yield { versions };
  } finally {
    listing.close();
  }
}

async function* givenRecords(
  { folder, schema, window }: WindowFolder,
  keys: KeyList,
  { signal }: RestoreRun,
): AsyncGenerator<Candidate> {
  if (!(await hasEverHeldRecord(folder, signal, window.from))) {
    throw laterFolder(folder, window, !(await hasEverHeldRecord(folder, signal)));
  }
  const given = new Set<string>();
  for (const key of [...keys.batches(KEYS_AT_ONCE)].flat()) given.add(keyString(key, schema));
  for (const key of given) yield { key: keyFromString(key, schema) };
}

/**
 * Where a record may have more than one object it takes the key to know which are of one record. An object that nobody can tell the key of is
 * passed on by itself.
 */
async function* recordsByKey(
  { folder, schema, limit }: WindowFolder,
  listing: WindowListing,
  { signal, gate, report }: RestoreRun,
): AsyncGenerator<Candidate> {
  const found = new PartitionedSpool();
  const add = (name: string, candidate: Candidate) => found.add(partitionOf(name), JSON.stringify(candidate));
  try {
    await inParallel(listing.objects(), limit.concurrency, async (versions) => {
      await gate.passed(signal);
      const { name } = versions[0]!;
      const opened = new RecordVersions(folder, versions, limit);
      const { key, foreign } = await keyOfObject(opened, schema, signal);
      if (key !== undefined) add(recordName(key, schema), { key });
      else if (foreign !== undefined) report({ type: "foreign", object: name, reason: foreign });
      else add(name, { versions });
    });
    for (let partition = 0; partition < PARTITIONS; partition++) {
      for (const line of new Set(found.lines(partition))) yield JSON.parse(line);
    }
  } finally {
    found.close();
  }
}
