import pLimit from "p-limit";
import type { Metadata, ObjectVersion } from "../object-store.ts";
import { metadataOf } from "./s3-headers.ts";
import { listAll, listRange } from "./s3-listing.ts";
import { ABSENT_VERSION } from "./s3-objects.ts";
import { versionListing } from "./s3-page.ts";
import type { S3Answer, S3Requests } from "./s3-requests.ts";
import { deletionMetadata, foldTombstones, type HistoryEntry } from "./tombstone.ts";

const LOOKED_UP_AT_ONCE = 16;

/** What S3 keeps of the history of objects; keys are whole, with the store's prefix. */
export interface VersionReader {
  /** All versions with a prefix, tombstones folded into the deletions that they belong to. */
  all(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectVersion[]>;
  /** Those of the keys in a range, in ascending order. */
  range(
    prefix: string,
    range: { after?: string; until: string | undefined },
    signal?: AbortSignal,
  ): AsyncIterable<ObjectVersion[]>;
  ofKey(key: string, signal?: AbortSignal): AsyncIterable<ObjectVersion[]>;
  metadata(key: string, versionId: string, signal?: AbortSignal): Promise<Metadata | undefined>;
}

export function createVersionReader(requests: S3Requests): VersionReader {
  const listing = versionListing(requests);
  const limit = pLimit(LOOKED_UP_AT_ONCE);

  function head(key: string, versionId: string, signal?: AbortSignal): Promise<S3Answer> {
    return requests.send(
      { operation: "HeadObject", method: "HEAD", key, query: { versionId }, expected: ABSENT_VERSION },
      signal,
    );
  }

  /** Only what is empty can be a tombstone: that costs a request for each. */
  async function tombstonesOf(versions: ObjectVersion[], signal?: AbortSignal) {
    const tombstones = new Map<ObjectVersion, Metadata>();
    const empty = versions.filter(({ size, deleted }) => size === 0 && !deleted);
    await limit.map(empty, async (version) => {
      const { headers, refusal } = await head(version.key, version.versionId, signal);
      const recorded = refusal === undefined ? deletionMetadata(0, metadataOf(headers)) : undefined;
      if (recorded !== undefined) tombstones.set(version, recorded);
    });
    return tombstones;
  }

  async function* histories(
    pages: AsyncIterable<ObjectVersion[]>,
    signal?: AbortSignal,
  ): AsyncGenerator<HistoryEntry[]> {
    for await (const page of pages) {
      const tombstones = await tombstonesOf(page, signal);
      yield byKey(page).flatMap((versions) => foldTombstones(versions, tombstones));
    }
  }

  async function* versions(pages: AsyncIterable<ObjectVersion[]>, signal?: AbortSignal) {
    for await (const page of histories(pages, signal)) yield page.map(withMetadata);
  }

  const rawOfKey = (key: string, signal?: AbortSignal) => listRange(listing, key, { until: key }, signal);

  /** What was recorded with a deletion. Not every server tells a marker from a version that isn't there. */
  async function ofDeletion(key: string, versionId: string, signal?: AbortSignal) {
    for await (const page of histories(rawOfKey(key, signal), signal)) {
      const found = page.find(({ version }) => version.versionId === versionId && version.deleted);
      if (found !== undefined) return found.recorded ?? {};
    }
    return undefined;
  }

  return {
    all: (prefix, signal) => versions(listAll(listing, prefix, signal), signal),
    range: (prefix, range, signal) => versions(listRange(listing, prefix, range, signal), signal),
    ofKey: (key, signal) => versions(rawOfKey(key, signal), signal),
    async metadata(key, versionId, signal) {
      const { headers, refusal } = await head(key, versionId, signal);
      if (refusal !== undefined) return ofDeletion(key, versionId, signal);
      const metadata = metadataOf(headers);
      return deletionMetadata(Number(headers.get("content-length")), metadata) ?? metadata;
    },
  };
}

function withMetadata({ version, recorded }: HistoryEntry): ObjectVersion {
  return recorded === undefined ? version : { ...version, metadata: recorded };
}

/** A page has the versions of one key together. */
function byKey(page: ObjectVersion[]): ObjectVersion[][] {
  const groups: ObjectVersion[][] = [];
  for (const version of page) {
    const group = groups.at(-1);
    if (group?.[0]?.key === version.key) group.push(version);
    else groups.push([version]);
  }
  return groups;
}
