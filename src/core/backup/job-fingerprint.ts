import { type BucketCount, BucketTable, DEFAULT_BUCKETS } from "../fingerprint/bucket-table.ts";
import { type Fingerprint, sortedKey } from "../fingerprint/fingerprint.ts";
import { fromJson } from "../fingerprint/fingerprint-json.ts";
import type { BackupKind } from "./manifest.ts";

/** A fingerprint of 4,096 buckets takes 90 KB, one of 256 buckets 6 KB. */
const MOST_FINE = 512;
const MOST_MIDDLING = 8192;

/** Buckets in each file's fingerprint in a job of so many segments: all together take 50 MB at most, as long as there are fewer than 100,000. */
export function bucketsOfFile(segments: number): BucketCount {
  if (segments <= MOST_FINE) return DEFAULT_BUCKETS;
  return segments <= MOST_MIDDLING ? 256 : 16;
}

/** Adds up the fingerprints of a job's files, one after the other, without keeping them. */
export class JobFingerprint {
  readonly #kind: BackupKind;
  #table: BucketTable | undefined;

  constructor(kind: BackupKind) {
    this.#kind = kind;
    this.#table = new BucketTable(bucketsOfFile(kind.segments));
  }

  /** One that is none, or of other buckets, is of another version: then there is none of the whole. @param json of a file's fingerprint */
  add(json: unknown): void {
    const part = fromJson(json);
    if (typeof part === "string" || part.table.buckets !== this.#table?.buckets) this.#table = undefined;
    else this.#table.addAll(part.table);
  }

  get result(): Fingerprint | undefined {
    return this.#table && { key: sortedKey(this.#kind.table.keySchema), table: this.#table };
  }
}
