import { DEFAULT_PATIENCE_MS } from "../../table/table-requests.ts";
import type { KeyRange, ObjectStore, ObjectVersion, StoreObserver } from "../object-store.ts";
import { checkKey, type StoreLocation } from "../store-location.ts";
import { listAll, listRange } from "./s3-listing.ts";
import { createObjects } from "./s3-objects.ts";
import { openBucket } from "./s3-open.ts";
import type { S3StoreOptions } from "./s3-options.ts";
import { objectListing } from "./s3-page.ts";
import { readInPieces } from "./s3-read.ts";
import { createRequests } from "./s3-requests.ts";
import { startUpload } from "./s3-upload.ts";
import { createVersionReader } from "./s3-versions.ts";

export type { S3StoreOptions } from "./s3-options.ts";

const DEFAULT_SILENCE_MS = 30_000;

export interface S3Store extends ObjectStore {
  /**
   * Writes an object where there is none, decided by the server among all who try at the same time. False where there is one, be it
   * this very one: put by an attempt whose answer was lost.
   */
  putNew(key: string, body: Uint8Array, signal?: AbortSignal): Promise<boolean>;
}

/**
 * Opens a bucket, or what is under a prefix in it, as an object store.
 * Fails with a DdbrError: `no-such-bucket`, `credentials`, `permission`, `connection`, `service-refused` and so on.
 */
export async function openS3Store(
  location: StoreLocation & { kind: "s3" },
  options: S3StoreOptions = {},
): Promise<S3Store> {
  let told: StoreObserver | undefined;
  const observer: StoreObserver = {
    answered: (call) => told?.answered(call),
    retried: (call, error) => told?.retried(call, error),
  };
  const {
    patienceMs = DEFAULT_PATIENCE_MS,
    silenceMs = DEFAULT_SILENCE_MS,
    retries = Number.POSITIVE_INFINITY,
    expectedBucketOwner,
  } = options;
  const { bucket, requests } = await openBucket(location, options, (found) =>
    createRequests(found, { location, patienceMs, silenceMs, retries, expectedBucketOwner, observer }),
  );
  const objects = createObjects(requests, options);
  const versions = createVersionReader(requests);
  const keys = objectListing(requests);
  const base = location.prefix === "" ? "" : `${location.prefix}/`;
  const whole = (key: string) => {
    checkKey(key);
    return base + key;
  };
  const folderPrefix = (folder: string) => (folder === "" ? base : `${whole(folder)}/`);
  const ownKey = (key: string) => key.slice(base.length);
  const wholeRange = ({ after, until }: KeyRange) => ({
    ...(after === undefined ? {} : { after: base + after }),
    until: until === undefined ? undefined : base + until,
  });
  const ownVersion = (version: ObjectVersion) => ({ ...version, key: ownKey(version.key) });

  return {
    location,
    observe(observer) {
      told = observer;
    },
    keepsVersions: (signal) => objects.keepsVersions(signal),

    async put(key, body, options = {}, signal) {
      return objects.put(whole(key), typeof body === "string" ? Buffer.from(body) : body, options, signal);
    },

    async putNew(key, body, signal) {
      return objects.putNew(whole(key), body, signal);
    },

    async upload(key, { metadata } = {}, signal) {
      const target = { key: whole(key), subject: location.text, metadata };
      return startUpload(requests, objects, options, target, signal);
    },

    async get(key, versionId, signal) {
      return objects.get(whole(key), versionId, signal);
    },

    async metadata(key, versionId, signal) {
      return versions.metadata(whole(key), versionId, signal);
    },

    async read(key, signal) {
      return readInPieces(requests, whole(key), location.text, signal);
    },

    async delete(key, options = {}, signal) {
      return objects.delete(whole(key), options, signal);
    },

    async *list(folder, signal, range) {
      const prefix = folderPrefix(folder);
      const pages =
        range === undefined
          ? listAll(keys, prefix, signal)
          : listRange(keys, prefix, wholeRange(range), signal);
      for await (const page of pages) yield page.map(({ key }) => ownKey(key));
    },

    async *versions(of, signal) {
      const pages =
        "key" in of
          ? versions.ofKey(whole(of.key), signal)
          : of.range === undefined
            ? versions.all(folderPrefix(of.folder), signal)
            : versions.range(folderPrefix(of.folder), wholeRange(of.range), signal);
      for await (const page of pages) yield page.map(ownVersion);
    },

    close: () => bucket.close(),
  };
}
