import type { Metadata } from "../object-store.ts";
import type { S3StoreOptions } from "./s3-options.ts";

const METADATA = "x-amz-meta-";
/** Which upload an object comes from; of no interest to whoever reads it. */
const UPLOAD = `${METADATA}ddbr-upload`;

/** For an upload's object to bear a token, since no ETag tells it from another where KMS encrypts. */
export function uploadHeaders(token: string): Record<string, string> {
  return { [UPLOAD]: token };
}

export function isOfUpload(headers: Headers, token: string): boolean {
  return headers.get(UPLOAD) === token;
}

export function metadataHeaders(metadata: Metadata = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [METADATA + name, value]));
}

export function metadataOf(headers: Headers): Metadata {
  const metadata: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (name.startsWith(METADATA) && name !== UPLOAD) metadata[name.slice(METADATA.length)] = value;
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
