import { inParallel } from "../in-parallel.ts";
import { recordBody } from "../incremental/record-object.ts";
import { EVENT_NAME, EVENT_TIME, SEQUENCE } from "../store/metadata-names.ts";
import type { Metadata, ObjectStore } from "../store/object-store.ts";
import type { StreamRecord } from "./stream-record.ts";
import { byKey, ofOneRecord, type Replayed, type StreamTarget } from "./stream-target.ts";

export interface FolderTargetOptions {
  /** Opened at the folder that holds a folder for each table. */
  store: ObjectStore;
  /** The table's name, which its folder has. */
  table: string;
  /** Records of different keys written at the same time. */
  concurrency: number;
}

/** An incremental folder that a stream is replayed onto: every image becomes a version of its record's object, in order. */
export function openFolderTarget({ store, table, concurrency }: FolderTargetOptions): StreamTarget {
  async function write(record: StreamRecord, signal: AbortSignal): Promise<void> {
    const name = `${table}/${record.id}`;
    const options = { metadata: eventMetadata(record) };
    if (record.image === undefined) await store.delete(name, options, signal);
    else await store.put(name, recordBody(record.image), options, signal);
  }

  return {
    async replay(records, signal) {
      const replayed: Replayed = { written: [], superseded: [], failed: [], left: [] };
      await inParallel(byKey(records), concurrency, async (sameKey) => {
        for (const [index, record] of sameKey.entries()) {
          try {
            signal.throwIfAborted();
            await write(record, signal);
            replayed.written.push(record);
          } catch (error) {
            const rest = sameKey.slice(index);
            if (signal.aborted) replayed.left.push(...rest);
            else for (const one of rest) replayed.failed.push({ record: one, error: ofOneRecord(error) });
            return;
          }
        }
      });
      return replayed;
    },

    close: () => store.close(),
  };
}

/** What is recorded with a version (docs/formats.md). */
function eventMetadata({ sequence, event, at }: StreamRecord): Metadata {
  return {
    [SEQUENCE]: sequence,
    [EVENT_NAME]: event,
    ...(at === undefined ? {} : { [EVENT_TIME]: new Date(at).toISOString() }),
  };
}
