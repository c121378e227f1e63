import { inParallel } from "../in-parallel.ts";
import { recordBody } from "../incremental/record-object.ts";
import { EVENT_NAME, EVENT_TIME, SEQUENCE } from "../store/metadata-names.ts";
import type { Metadata, ObjectStore } from "../store/object-store.ts";
import type { StreamRecord } from "./stream-record.ts";
import { byKey, ofOneRecord, type Replayed, type StreamTarget } from "./stream-target.ts";
import { WritesUnderWay } from "./writes-under-way.ts";

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
  const underWay = new WritesUnderWay();

  async function write(record: StreamRecord, signal: AbortSignal): Promise<unknown> {
    const name = `${table}/${record.id}`;
    // A request that is cut off may have come to the store all the same: only its end tells.
    const options = { metadata: eventMetadata(record), finishAttempt: true };
    if (record.image === undefined) return store.delete(name, options, signal);
    return store.put(name, recordBody(record.image), options, signal);
  }

  return {
    async replay(records, signal, written = () => {}) {
      const replayed: Replayed = { superseded: [], failed: [], left: [] };
      await inParallel(byKey(records), concurrency, async (sameKey) => {
        for (const [index, record] of sameKey.entries()) {
          try {
            await underWay.write([record.id], () => write(record, signal), signal);
            written(record);
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

    settled: () => underWay.ended(),
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
