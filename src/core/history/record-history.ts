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
  /** What is recorded with it, where that is known already. */
  metadata?: Metadata | undefined;
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
  const [keepsVersions, versions] = await Promise.all([
    store.keepsVersions(signal),
    versionsOfRecord(store, key, schema, signal),
  ]);
  const found = new Set(versions.map(({ name }) => name));
  return {
    key,
    versions,
    keepsVersions,
    olderNames: olderRecordNames(key, schema).filter((name) => found.has(name)),
    read: (version, readSignal) => readVersion(store, version, readSignal),
  };
}

/** All versions of a record, newest first, under whatever names. */
export async function versionsOfRecord(
  store: ObjectStore,
  key: WireKey,
  schema: KeySchema,
  signal?: AbortSignal,
): Promise<HistoryVersion[]> {
  const names = [recordName(key, schema), ...olderRecordNames(key, schema)];
  const found = await Promise.all(names.map((name) => versionsOf(store, name, signal)));
  const held = found.filter((versions) => versions.length > 0);
  if (held.length < 2) return held[0] ?? [];
  // Within one name the listing's order is the true one; between names only the time is known.
  const merged = held.flat().sort((a, b) => b.modified - a.modified);
  return merged.filter(({ name, deleted }, index) => {
    // Deleted while the record was there under a name that counts before: that did away with a duplicate.
    const stronger = deleted ? names.slice(0, names.indexOf(name)) : [];
    return !stronger.some((other) => newestOf(other, merged, index + 1)?.deleted === false);
  });
}

function newestOf(
  name: string,
  versions: readonly HistoryVersion[],
  start: number,
): HistoryVersion | undefined {
  return versions.find((version, index) => index >= start && version.name === name);
}

export async function readVersion(
  store: ObjectStore,
  version: HistoryVersion,
  signal?: AbortSignal,
): Promise<HistoryImage> {
  if (version.deleted) return { recorded: await readRecorded(store, version, signal) };
  const object = await getUnlessArchived(store, version, signal);
  if (object === "archived") {
    return { recorded: await readRecorded(store, version, signal), problem: "archived" };
  }
  if (object === undefined) return { recorded: {}, problem: "no longer there" };
  const recorded = eventOf(object.metadata);
  const item = readRecordBody(object.body);
  return typeof item === "string" ? { recorded, problem: item } : { recorded, item };
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

export function historyVersion({ key, ...version }: ObjectVersion): HistoryVersion {
  return { name: key, ...version };
}

/** What is recorded with a version, without its item. */
export async function readRecorded(
  store: ObjectStore,
  version: HistoryVersion,
  signal?: AbortSignal,
): Promise<RecordedEvent> {
  const metadata = version.metadata ?? (await store.metadata(version.name, version.versionId, signal));
  return eventOf(metadata ?? {});
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

/**
 * Neighbours with the same sequence number together: an event that was delivered, and so stored, more than once.
 * @param versions in the order of events
 */
export function groupedByEvent<Version>(
  versions: readonly Version[],
  sequenceOf: (version: Version) => string | undefined,
): Version[][] {
  const groups: Version[][] = [];
  for (const version of versions) {
    const group = groups.at(-1);
    const sequence = sequenceOf(version);
    if (group === undefined || sequence === undefined || sequenceOf(group[0]!) !== sequence)
      groups.push([version]);
    else group.push(version);
  }
  return groups;
}

/** The version that stands for its event: the one that was stored last, or the last that can be read. */
export function standsForEvent<Version>(
  group: readonly Version[],
  isReadable: (version: Version) => boolean,
): Version {
  return group.find(isReadable) ?? group[0]!;
}
