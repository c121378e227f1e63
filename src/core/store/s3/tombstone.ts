import { isDeepStrictEqual } from "node:util";
import type { Metadata, ObjectVersion } from "../object-store.ts";

/**
 * S3's delete markers hold no metadata. So a deletion with metadata first puts an empty object that holds them, and then
 * deletes that: the marker and the tombstone beneath it are one deletion.
 */
const TOMBSTONE = "ddbr-tombstone";

export function tombstoneMetadata(metadata: Metadata): Metadata {
  return { ...metadata, [TOMBSTONE]: "1" };
}

/** What was recorded with the deletion; undefined when these aren't a tombstone's metadata. */
export function deletionMetadata(size: number, metadata: Metadata): Metadata | undefined {
  if (size !== 0 || metadata[TOMBSTONE] !== "1") return undefined;
  const { [TOMBSTONE]: _, ...recorded } = metadata;
  return recorded;
}

/** Other writers may come between a tombstone and its marker, but for no longer than requests are repeated. */
const LONGEST_BETWEEN_MS = 300_000;

/** A version, and for a deletion what was recorded with it. */
export interface HistoryEntry {
  version: ObjectVersion;
  recorded: Metadata | undefined;
}

/**
 * The history of one key as it was meant: each marker and its tombstone are one deletion, with the marker's id. A tombstone whose
 * marker never came (its writer was killed) is a deletion by itself, as it is to readers.
 * @param versions of one key, all of them, newest first
 * @param tombstones those of the versions that are tombstones, with what was recorded
 */
export function foldTombstones(
  versions: ObjectVersion[],
  tombstones: ReadonlyMap<ObjectVersion, Metadata>,
): HistoryEntry[] {
  const history: HistoryEntry[] = [];
  const unmarked: HistoryEntry[] = [];
  for (const version of versions.toReversed()) {
    const below = history.at(-1);
    const recorded = tombstones.get(version);
    if (recorded !== undefined) {
      if (below && unmarked.includes(below) && isDeepStrictEqual(below.recorded, recorded)) continue; // Put twice.
      const entry = { version: { ...version, deleted: true }, recorded };
      history.push(entry);
      unmarked.push(entry);
    } else if (version.deleted) {
      const own = takeFirstWithin(unmarked, version.modified);
      if (own !== undefined) history.splice(history.indexOf(own), 1);
      // On a deletion without a tombstone between, a marker that was put twice.
      const like = below?.version.deleted ? below.recorded : undefined;
      history.push({ version, recorded: own === undefined ? like : own.recorded });
    } else {
      history.push({ version, recorded: undefined });
    }
  }
  return history.reverse();
}

/** Of several deletions at once, the first to put its tombstone is taken for the first to put its marker. */
function takeFirstWithin(unmarked: HistoryEntry[], marked: number): HistoryEntry | undefined {
  const index = unmarked.findIndex(({ version }) => marked - version.modified <= LONGEST_BETWEEN_MS);
  return index < 0 ? undefined : unmarked.splice(index, 1)[0];
}
