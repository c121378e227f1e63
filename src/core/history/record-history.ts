import { DdbrError } from "../errors.ts";
import { olderRecordNames, readRecordBody, recordName } from "../incremental/record-object.ts";
import type { KeySchema, WireItem, WireKey } from "../item/attribute-value.ts";
import { EVENT_NAME, EVENT_TIME, SEQUENCE } from "../store/metadata-names.ts";
import type { Metadata, ObjectStore, ObjectVersion, StoredObject } from "../store/object-store.ts";
import { compareSequences } from "../stream/sequence.ts";

/** One version of a record, or its deletion, as the listing has it: nothing of it has been read yet. */
export interface HistoryVersion {
  /** The object's name: one record may have been kept under more than one. */
  name: string;
  versionId: string;
  /** When it was stored, milliseconds since 1970; some servers say only the second. */
  modified: number;
  /** Of the object; 0 for a deletion. */
  size: number;
  deleted: boolean;
  /** In an archive: as a rule it has to be restored before it can be read. */
  archived: boolean;
}

/** What is recorded of the event that a version comes from. */
export interface RecordedEvent {
  /** Of the table's stream: orders the events of a record. */
  sequence?: string;
  /** INSERT, MODIFY or REMOVE. */
  event?: string;
  /** Milliseconds since 1970. */
  at?: number;
}

/**
 * A version as it was read. `item` is absent for a deletion, and where `problem` says why it cannot be had: it is archived,
 * gone since it was listed, or no item.
 */
export interface HistoryImage {
  recorded: RecordedEvent;
  item?: WireItem;
  problem?: string;
}

/** Everything that a folder knows of one record. */
export interface RecordHistory {
  key: WireKey;
  /** Newest first; read as they are asked for. */
  versions: readonly HistoryVersion[];
  /** Whether the store keeps earlier versions. */
  keepsVersions: boolean;
  /** Names other than the record's own that some versions were found under: older tools have given them. */
  olderNames: readonly string[];
  read(version: HistoryVersion, signal?: AbortSignal): Promise<HistoryImage>;
}

/**
 * Lists the versions of a record; a record that was never there has none.
 * @param store opened at the table's own folder
 */
export async function openHistory(
  store: ObjectStore,
  key: WireKey,
  schema: KeySchema,
  signal?: AbortSignal,
): Promise<RecordHistory> {
  const own = recordName(key, schema);
  const older = olderRecordNames(key, schema);
  const [keepsVersions, ...found] = await Promise.all([
    store.keepsVersions(signal),
    ...[own, ...older].map((name) => versionsOf(store, name, signal)),
  ]);
  const olderNames = older.filter((_, index) => found[index + 1]!.length > 0);
  return {
    key,
    // Within one name the listing's order is the true one; between names only the time is known.
    versions: olderNames.length === 0 ? found[0]! : found.flat().sort((a, b) => b.modified - a.modified),
    keepsVersions,
    olderNames,
    async read(version, readSignal) {
      if (version.deleted) return { recorded: await recordedOf(store, version, readSignal) };
      const object = await getUnlessArchived(store, version, readSignal);
      if (object === "archived") {
        return { recorded: await recordedOf(store, version, readSignal), problem: "archived" };
      }
      if (object === undefined) return { recorded: {}, problem: "no longer there" };
      const recorded = eventOf(object.metadata);
      const item = readRecordBody(object.body);
      return typeof item === "string" ? { recorded, problem: item } : { recorded, item };
    },
  };
}

/** A listing calls a version archived also while it is restored and can be read: only trying tells. */
async function getUnlessArchived(
  store: ObjectStore,
  { name, versionId }: HistoryVersion,
  signal?: AbortSignal,
): Promise<StoredObject | "archived" | undefined> {
  try {
    return await store.get(name, versionId, signal);
  } catch (error) {
    if (error instanceof DdbrError && error.code === "archived") return "archived";
    throw error;
  }
}

async function versionsOf(store: ObjectStore, name: string, signal?: AbortSignal): Promise<HistoryVersion[]> {
  const versions: HistoryVersion[] = [];
  for await (const page of store.versions({ key: name }, signal)) {
    for (const version of page) versions.push(historyVersion(version));
  }
  return versions;
}

function historyVersion({ key, ...version }: ObjectVersion): HistoryVersion {
  return { name: key, ...version };
}

async function recordedOf(
  store: ObjectStore,
  version: HistoryVersion,
  signal?: AbortSignal,
): Promise<RecordedEvent> {
  return eventOf((await store.metadata(version.name, version.versionId, signal)) ?? {});
}

function eventOf(metadata: Metadata): RecordedEvent {
  const at = Date.parse(metadata[EVENT_TIME] ?? "");
  const { [SEQUENCE]: sequence, [EVENT_NAME]: event } = metadata;
  return {
    ...(sequence === undefined ? {} : { sequence }),
    ...(event === undefined ? {} : { event }),
    ...(Number.isNaN(at) ? {} : { at }),
  };
}

/**
 * Puts versions into the order of their events. The listing's order is that of storing, which is another only where a batch of the
 * stream was delivered twice; so those whose sequence numbers are known change places among themselves, and all others stay.
 * @param versions newest first
 */
export function inEventOrder<Version>(
  versions: readonly Version[],
  sequenceOf: (version: Version) => string | undefined,
): Version[] {
  const sequenced = versions.filter((version) => sequenceOf(version) !== undefined);
  const sorted = sequenced.toSorted((a, b) => compareSequences(sequenceOf(b)!, sequenceOf(a)!));
  let next = 0;
  return versions.map((version) => (sequenceOf(version) === undefined ? version : sorted[next++]!));
}
