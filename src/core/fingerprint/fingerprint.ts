import type { KeyAttribute } from "../item/attribute-value.ts";
import type { BucketCount, BucketTable } from "./bucket-table.ts";

/**
 * What a set of items comes down to, in whatever order, segments and spelling they came: two are equal exactly when they hold
 * the same items, as far as SHA-256 goes.
 */
export interface Fingerprint {
  /** In ascending order of names; empty where there was no item to learn it from. */
  key: readonly KeyAttribute[];
  table: BucketTable;
}

export interface ComparedFingerprints {
  /** Both with the buckets of the coarser one. */
  a: BucketTable;
  b: BucketTable;
  /** In ascending order. */
  differing: number[];
}

/** Compares by the buckets of the coarser of the two. */
export function compareFingerprints(a: Fingerprint, b: Fingerprint): ComparedFingerprints {
  const buckets = Math.min(a.table.buckets, b.table.buckets) as BucketCount;
  const tables = { a: a.table.foldedTo(buckets), b: b.table.foldedTo(buckets) };
  const differing: number[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    if (!tables.a.equalIn(bucket, tables.b)) differing.push(bucket);
  }
  return { ...tables, differing };
}

/** As fingerprints name it: the order in which a table has its two attributes does not count. */
export function sortedKey(key: readonly KeyAttribute[]): KeyAttribute[] {
  return key.map(({ name, type }) => ({ name, type })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Keys of other attributes or types: then no bucket is comparable with another. */
export function haveSameKey(a: readonly KeyAttribute[], b: readonly KeyAttribute[]): boolean {
  // Of no items there is no key, and nothing that would be in another bucket.
  if (a.length === 0 || b.length === 0) return true;
  return JSON.stringify(sortedKey(a)) === JSON.stringify(sortedKey(b));
}
