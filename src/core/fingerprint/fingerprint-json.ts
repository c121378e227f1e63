import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { DdbrError } from "../errors.ts";
import type { KeyAttribute } from "../item/attribute-value.ts";
import { BucketTable, bytesOf, isBucketCount } from "./bucket-table.ts";
import type { Fingerprint } from "./fingerprint.ts";

/** A fingerprint as it stands in files and manifests (docs/formats.md). */
export interface FingerprintJson {
  key: readonly KeyAttribute[];
  buckets: number;
  items: number;
  /** SHA-256 of the table's bytes, lowercase hex: equal for equal fingerprints of as many buckets. */
  digest: string;
  /** The table's bytes, gzip, base64. */
  table: string;
}

export function digestOfTable(table: BucketTable): string {
  return createHash("sha256").update(table.toBytes()).digest("hex");
}

export function toJson({ key, table }: Fingerprint): FingerprintJson {
  return {
    key,
    buckets: table.buckets,
    items: table.items,
    digest: digestOfTable(table),
    table: gzipSync(table.toBytes()).toString("base64"),
  };
}

/** What the value holds, or what is wrong with it. */
export function fromJson(value: unknown): Fingerprint | string {
  const { key, buckets, items, digest, table: text } = (value ?? {}) as Partial<FingerprintJson>;
  if (!isBucketCount(buckets) || typeof text !== "string" || !isKey(key)) return "is no fingerprint";
  const bytes = unzipped(text, bytesOf(buckets));
  const table = bytes && BucketTable.fromBytes(bytes, buckets);
  if (table === undefined) return "its table of buckets is damaged";
  if (table.items !== items || digestOfTable(table) !== digest) return "its table does not match its digest";
  return { key, table };
}

/** What a file or a manifest holds; undefined where it holds none. @throws DdbrError `damaged` */
export function fingerprintIn(holder: object | undefined, subject: string): Fingerprint | undefined {
  if (holder === undefined || !("fingerprint" in holder)) return undefined;
  const fingerprint = fromJson(holder.fingerprint);
  if (typeof fingerprint !== "string") return fingerprint;
  throw new DdbrError("damaged", fingerprint, {
    subject: `${subject}: fingerprint`,
    hint: "it was changed after it was written, or is of a later version of ddbr",
  });
}

function unzipped(text: string, length: number): Buffer | undefined {
  try {
    return gunzipSync(Buffer.from(text, "base64"), { maxOutputLength: length });
  } catch {
    return undefined;
  }
}

function isKey(value: unknown): value is KeyAttribute[] {
  return (
    Array.isArray(value) &&
    value.length <= 2 &&
    value.every(
      (attribute: Partial<KeyAttribute> | null) =>
        typeof attribute?.name === "string" && ["S", "N", "B"].includes(attribute.type ?? ""),
    )
  );
}
