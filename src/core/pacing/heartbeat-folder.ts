import type { HeartbeatPlace } from "./heartbeat.ts";
import { heartbeatName, parseHeartbeatName } from "./heartbeat-name.ts";

/** What is needed of a place where a run's state is kept (core/state/state-place.ts). */
export interface HeartbeatStore {
  put(key: string, body: Uint8Array, signal?: AbortSignal): Promise<void>;
  delete(key: string, signal?: AbortSignal): Promise<void>;
  list(folder: string, signal?: AbortSignal): AsyncIterable<string[]>;
}

const FOLDER = "pace";
const EMPTY = new Uint8Array();

/**
 * Heartbeats as empty objects under `pace/`, whose names say all: a worker writes one, deletes the one before, and lists
 * those of all others with one request for each thousand.
 */
export function heartbeatFolder(store: HeartbeatStore): HeartbeatPlace {
  let known: string[] = [];
  return {
    async publish(heartbeat, signal) {
      const key = `${FOLDER}/${heartbeatName(heartbeat)}`;
      // Also those that an earlier worker of this name has left.
      const older = known.filter((other) => other.startsWith(`${FOLDER}/${heartbeat.worker}_`));
      // From now on, for the next one to delete it also when this is stopped in the middle.
      known = [...known, key];
      await store.put(key, EMPTY, signal);
      for (const other of older) await store.delete(other, signal);
      known = known.filter((other) => !older.includes(other));
    },

    async read(signal) {
      const keys = (await Array.fromAsync(store.list(FOLDER, signal))).flat();
      known = keys;
      return keys
        .map((key) => parseHeartbeatName(key.slice(FOLDER.length + 1)))
        .filter((beat) => beat !== undefined);
    },
  };
}
