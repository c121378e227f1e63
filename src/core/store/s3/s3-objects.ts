import { hash } from "node:crypto";
import { DdbrError } from "../../errors.ts";
import type { StoredObject, WriteOptions } from "../object-store.ts";
import { keepingHeaders, metadataHeaders, metadataOf, modifiedOf, versionIdOf } from "./s3-headers.ts";
import type { S3StoreOptions } from "./s3-options.ts";
import type { S3Requests } from "./s3-requests.ts";
import { deletionMetadata, tombstoneMetadata } from "./tombstone.ts";

const NOT_THERE = ["NoSuchKey", "NoSuchVersion", "NotFound"];
/** What S3 says of an object that isn't there, or is a deletion, to who wants to read it. */
export const ABSENT = [...NOT_THERE, "MethodNotAllowed"];
/** An id that cannot be one is that of no version. */
export const ABSENT_VERSION = [...ABSENT, "InvalidArgument", "BadRequest"];

/** Others may delete the same object at the same time, but not for ever. */
const MOST_MARKS = 5;

/** Whole objects; keys are whole too, with the store's prefix. */
export interface S3Objects {
  keepsVersions(signal?: AbortSignal): Promise<boolean>;
  put(
    key: string,
    body: Uint8Array,
    options: WriteOptions,
    signal?: AbortSignal,
  ): Promise<{ versionId: string }>;
  /** Puts it where there is no object. False where there is one, be it this very one: put by an attempt whose answer was lost. */
  putNew(key: string, body: Uint8Array, signal?: AbortSignal): Promise<boolean>;
  get(key: string, versionId: string | undefined, signal?: AbortSignal): Promise<StoredObject | undefined>;
  delete(
    key: string,
    options: WriteOptions,
    signal?: AbortSignal,
  ): Promise<{ versionId: string | undefined }>;
}

export function createObjects(requests: S3Requests, options: S3StoreOptions): S3Objects {
  const keeping = keepingHeaders(options);
  // Archived, a tombstone would have to be restored before it could be read; it costs nothing anywhere.
  const { "x-amz-storage-class": _, ...keepingTombstones } = keeping;

  /**
   * Is repeated when its answer is lost, by this program or by fetch() itself: then two versions are the same.
   */
  async function putObject(
    key: string,
    body: Uint8Array,
    headers: Record<string, string>,
    { finishAttempt }: WriteOptions,
    signal?: AbortSignal,
  ): Promise<{ versionId: string }> {
    const answer = await requests.send(
      {
        operation: "PutObject",
        method: "PUT",
        key,
        body,
        headers: { ...headers, ...md5Header(body) },
        finishAttempt,
      },
      signal,
    );
    return { versionId: versionIdOf(answer.headers) };
  }

  function keepsVersions(signal?: AbortSignal): Promise<boolean> {
    return requests.ask(
      {
        operation: "GetBucketVersioning",
        method: "GET",
        query: { versioning: "" },
        root: "VersioningConfiguration",
        read: (document) => document.text("Status") === "Enabled",
      },
      signal,
    );
  }

  let marking: Promise<boolean> | undefined;
  /** Asked once: deletions may be many. */
  async function marksDeletions(signal?: AbortSignal): Promise<boolean> {
    marking ??= keepsVersions(signal);
    try {
      return await marking;
    } catch (error) {
      marking = undefined;
      throw error;
    }
  }

  return {
    keepsVersions,

    put: (key, body, options, signal) =>
      putObject(key, body, { ...keeping, ...metadataHeaders(options.metadata) }, options, signal),

    async putNew(key, body, signal) {
      const { refusal } = await requests.send(
        {
          operation: "PutObject",
          method: "PUT",
          key,
          body,
          headers: { ...keeping, ...md5Header(body), "if-none-match": "*" },
          // Not so ConditionalRequestConflict, which says nothing of who has won: that is repeated.
          expected: ["PreconditionFailed"],
        },
        signal,
      );
      return refusal === undefined;
    },

    async get(key, versionId, signal) {
      const byVersion = versionId === undefined ? {} : { query: { versionId } };
      const expected = versionId === undefined ? ABSENT : ABSENT_VERSION;
      const { headers, body, refusal } = await requests.send(
        { operation: "GetObject", method: "GET", key, ...byVersion, expected },
        signal,
      );
      if (refusal !== undefined) return undefined;
      const metadata = metadataOf(headers);
      if (deletionMetadata(body.length, metadata) !== undefined) return undefined;
      return { body, metadata, versionId: versionIdOf(headers), modified: modifiedOf(headers) };
    },

    async delete(key, options, signal) {
      const { metadata = {}, finishAttempt } = options;
      const bury = async () => {
        const headers = { ...keepingTombstones, ...metadataHeaders(tombstoneMetadata(metadata)) };
        await putObject(key, new Uint8Array(0), headers, options, signal);
      };
      if (Object.keys(metadata).length > 0 && (await marksDeletions(signal))) await bury();
      for (let attempt = 1; ; attempt++) {
        const { headers } = await requests.send(
          { operation: "DeleteObject", method: "DELETE", key, expected: NOT_THERE, finishAttempt },
          signal,
        );
        const versionId = headers.get("x-amz-version-id") ?? undefined;
        if (versionId !== undefined || attempt === MOST_MARKS) return { versionId };
        if (!(await marksDeletions(signal).catch(notIfUnknown))) return { versionId };
        // Some servers, unlike AWS's own, don't mark what is deleted already.
        await bury();
      }
    },
  };
}

/** Buckets with Object Lock demand it. */
function md5Header(body: Uint8Array): Record<string, string> {
  return { "content-md5": hash("md5", body, "base64") };
}

/** Who may not ask can still delete where nothing is recorded with it. */
function notIfUnknown(error: unknown): boolean {
  if (error instanceof DdbrError && error.code === "permission") return false;
  throw error;
}
