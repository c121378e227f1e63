import type { S3StoreOptions } from "../store/s3/s3-options.ts";
import { openS3Store } from "../store/s3/s3-store.ts";
import type { S3Location } from "../store/store-location.ts";
import type { StatePlace } from "./state-place.ts";

/**
 * The state of a job in a bucket, by writes with `If-None-Match: *`. A server that takes no notice of it is found out when a
 * job begins (job-record.ts).
 */
export async function openS3Place(location: S3Location, options: S3StoreOptions): Promise<StatePlace> {
  // What is read and replaced within minutes is dear in the classes for keeping, and unreadable in archives.
  const { storageClass: _, ...kept } = options;
  const store = await openS3Store(location, kept);

  const read = async (key: string, signal?: AbortSignal) => (await store.get(key, undefined, signal))?.body;

  return {
    location,

    async putNew(key, body, signal) {
      if (await store.putNew(key, body, signal)) return true;
      return (await read(key, signal))?.equals(body) ?? false;
    },

    put: async (key, body, signal) => void (await store.put(key, body, {}, signal)),
    get: read,
    delete: async (key, signal) => void (await store.delete(key, {}, signal)),
    list: (folder, signal) => store.list(folder, signal),
    close: () => store.close(),
  };
}
