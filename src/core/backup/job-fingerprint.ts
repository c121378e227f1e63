import { type BucketCount, BucketTable, DEFAULT_BUCKETS } from "../fingerprint/bucket-table.ts";
import { type Fingerprint, sortedKey } from "../fingerprint/fingerprint.ts";
import { fromJson } from "../fingerprint/fingerprint-json.ts";
import type { BackupKind } from "./manifest.ts";
import type { Receipt } from "./receipt.ts";

/** A receipt of 4,096 buckets takes 90 KB, one of 256 buckets 6 KB. */
const MOST_FINE = 512;
const MOST_MIDDLING = 8192;

/** Buckets in each receipt of a job of so many segments: all receipts together take 50 MB at most, as long as there are fewer than 100,000. */
export function bucketsInReceipt(segments: number): BucketCount {
  if (segments <= MOST_FINE) return DEFAULT_BUCKETS;
  return segments <= MOST_MIDDLING ? 256 : 16;
}

/** Adds up what the receipts of a job hold, one after the other, without keeping them. */
export class JobFingerprint {
  readonly #kind: BackupKind;
  #table: BucketTable | undefined;

  constructor(kind: BackupKind) {
    this.#kind = kind;
    this.#table = new BucketTable(bucketsInReceipt(kind.segments));
  }

  /** One without a fingerprint, or of other buckets, is of another version: then there is none of the whole. */
  add(receipt: Receipt): void {
    const part = fromJson(receipt.fingerprint);
    if (typeof part === "string" || part.table.buckets !== this.#table?.buckets) this.#table = undefined;
    else this.#table.addAll(part.table);
  }

  get result(): Fingerprint | undefined {
    return this.#table && { key: sortedKey(this.#kind.table.keySchema), table: this.#table };
  }
}
