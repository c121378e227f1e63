import type { ObjectVersion } from "../object-store.ts";
import type { S3Requests } from "./s3-requests.ts";
import { decodeKey, type Element, NotS3 } from "./s3-xml.ts";

/** One page of a listing, keys in ascending order. */
export interface Page<Entry> {
  entries: Entry[];
  /** What to add to the request for the next page; undefined when this is the last. */
  next: Record<string, string> | undefined;
}

/** A kind of listing: of objects or of versions. */
export interface Listing<Entry> {
  /** What to add to the request so that it begins with the first key after this one. */
  startAfter(key: string): Record<string, string>;
  page(prefix: string, from: Record<string, string>, signal?: AbortSignal): Promise<Page<Entry>>;
}

/** Keys of the objects there are. */
export function objectListing(requests: S3Requests): Listing<{ key: string }> {
  return {
    startAfter: (key) => ({ "start-after": key }),
    page: (prefix, from, signal) =>
      requests.ask(
        {
          operation: "ListObjectsV2",
          method: "GET",
          query: { "list-type": "2", "encoding-type": "url", prefix, ...from },
          root: "ListBucketResult",
          read(document) {
            const entries: { key: string }[] = [];
            for (const [, element] of document.each("Contents")) entries.push({ key: keyOf(element) });
            const truncated = document.required("IsTruncated") === "true";
            const token = truncated ? document.required("NextContinuationToken") : undefined;
            return { entries, next: token === undefined ? undefined : { "continuation-token": token } };
          },
        },
        signal,
      ),
  };
}

/** Versions and deletions, those of one key newest first. */
export function versionListing(requests: S3Requests): Listing<ObjectVersion> {
  return {
    startAfter: (key) => ({ "key-marker": key }),
    page: (prefix, from, signal) =>
      requests.ask(
        {
          operation: "ListObjectVersions",
          method: "GET",
          query: { versions: "", "encoding-type": "url", prefix, ...from },
          root: "ListVersionsResult",
          read(document) {
            const entries: ObjectVersion[] = [];
            for (const [name, element] of document.each("Version", "DeleteMarker")) {
              entries.push(versionOf(element, name === "DeleteMarker"));
            }
            const last = entries.at(-1);
            if (document.required("IsTruncated") !== "true") return { entries, next: undefined };
            if (last === undefined) throw new NotS3("a page of nothing that goes on");
            // Servers differ in whether the marker that they tell is encoded.
            return { entries, next: { "key-marker": last.key, "version-id-marker": last.versionId } };
          },
        },
        signal,
      ),
  };
}

function versionOf(element: Element, deleted: boolean): ObjectVersion {
  const modified = Date.parse(element.required("LastModified"));
  if (Number.isNaN(modified)) throw new NotS3("a version with a time that is none");
  return {
    key: keyOf(element),
    versionId: element.required("VersionId"),
    modified,
    size: deleted ? 0 : Number(element.required("Size")),
    deleted,
    // A hint: it is listed so also while it is restored. Instant retrieval (GLACIER_IR) needs no restoring.
    archived: /^(GLACIER|DEEP_ARCHIVE)$/.test(element.text("StorageClass") ?? ""),
  };
}

function keyOf(element: Element): string {
  return decodeKey(element.required("Key"));
}
