import { inParallel } from "../../in-parallel.ts";
import { SEQUENCE } from "../../store/metadata-names.ts";
import type { Metadata, ObjectStore, ObjectVersion } from "../../store/object-store.ts";
import { openFolderTarget } from "../../stream/folder-target.ts";
import { compareSequences } from "../../stream/sequence.ts";
import type { StreamRecord } from "../../stream/stream-record.ts";
import { byKey } from "../../stream/stream-target.ts";

const KEYS_AT_ONCE = 16;

/**
 * Puts images that were given up on into the records' histories, with what is recorded of their events. A version that is put last is
 * the one that counts, also when it is an old one: so what counted before, and is newer, is put again.
 * @param store opened at the folder that holds a folder for each table
 * @returns what is wrong with the records that could not be done, by their ids
 */
export async function addToHistory(
  store: ObjectStore,
  table: string,
  records: readonly StreamRecord[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const target = openFolderTarget({ store, table, concurrency: 1 });
  const problems = new Map<string, string>();
  await inParallel(byKey(records), KEYS_AT_ONCE, async (sameKey) => {
    const { id } = sameKey[0]!;
    const name = `${table}/${id}`;
    const current = await currentOf(store, name, signal);
    const missing = sameKey.filter(({ sequence }) => sequence !== current?.sequence);
    const { failed, left } = await target.replay(missing, signal);
    signal.throwIfAborted();
    if (failed[0] !== undefined) problems.set(id, failed[0].error.message);
    else if (left.length > 0) problems.set(id, "not done in time");
    const last = missing.at(-1);
    if (current?.sequence === undefined || last === undefined) return;
    if (compareSequences(current.sequence, last.sequence) > 0) await putAgain(store, name, current, signal);
  });
  return problems;
}

interface Current {
  version: ObjectVersion;
  metadata: Metadata;
  /** Of its event, where that is recorded. */
  sequence: string | undefined;
}

/** What counts of a record now: its newest version, which may be a deletion. */
async function currentOf(
  store: ObjectStore,
  name: string,
  signal: AbortSignal,
): Promise<Current | undefined> {
  for await (const [version] of store.versions({ key: name }, signal)) {
    if (version === undefined) continue;
    const metadata = version.metadata ?? (await store.metadata(name, version.versionId, signal)) ?? {};
    return { version, metadata, sequence: metadata[SEQUENCE] };
  }
  return undefined;
}

async function putAgain(
  store: ObjectStore,
  name: string,
  { version, metadata }: Current,
  signal: AbortSignal,
): Promise<void> {
  if (version.deleted) {
    await store.delete(name, { metadata }, signal);
    return;
  }
  const object = await store.get(name, version.versionId, signal);
  if (object !== undefined) await store.put(name, object.body, { metadata }, signal);
}
