import type { Metadata } from "../object-store.ts";
import type { S3StoreOptions } from "./s3-options.ts";

const METADATA = "x-amz-meta-";

export function metadataHeaders(metadata: Metadata = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [METADATA + name, value]));
}

export function metadataOf(headers: Headers): Metadata {
  const metadata: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (name.startsWith(METADATA)) metadata[name.slice(METADATA.length)] = value;
  });
  return metadata;
}

/** How the user wants objects kept. */
export function keepingHeaders({ encryption, storageClass }: S3StoreOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  if (encryption !== undefined) headers["x-amz-server-side-encryption"] = encryption.kind;
  if (encryption?.kind === "aws:kms" && encryption.keyId !== undefined) {
    headers["x-amz-server-side-encryption-aws-kms-key-id"] = encryption.keyId;
  }
  if (storageClass !== undefined) headers["x-amz-storage-class"] = storageClass;
  return headers;
}

/** S3's name for the version of an object that was written while versioning was off. */
const NO_VERSION = "null";

export function versionIdOf(headers: Headers): string {
  return headers.get("x-amz-version-id") ?? NO_VERSION;
}

export function modifiedOf(headers: Headers): number {
  return Date.parse(headers.get("last-modified") ?? "") || 0;
}
