import { DdbrError } from "../errors.ts";
import type { KeyAttribute, WireItem } from "../item/attribute-value.ts";
import { ignoredAttributes } from "../item/ignored.ts";
import { describeSchema } from "../table/describe.ts";
import { type BucketCount, BucketTable, bucketOf } from "./bucket-table.ts";
import { CanonicalBytes } from "./canonical-bytes.ts";
import { type Fingerprint, sortedKey } from "./fingerprint.ts";
import { KeyIdBytes } from "./key-id-bytes.ts";
import { sha256Into } from "./sha256.ts";

/** What comparing tables passes over, unless it is told otherwise. */
export const NOT_FINGERPRINTED = ignoredAttributes([], false);

/** Takes items, in whatever order, and makes their fingerprint. */
export class Fingerprinter implements Fingerprint {
  readonly key: readonly KeyAttribute[];
  readonly table: BucketTable;
  readonly #ids: KeyIdBytes;
  readonly #canonical = new CanonicalBytes(NOT_FINGERPRINTED);
  readonly #digest = new Uint8Array(32);

  constructor(key: readonly KeyAttribute[], buckets: BucketCount) {
    this.key = sortedKey(key);
    this.table = new BucketTable(buckets);
    this.#ids = new KeyIdBytes(key);
  }

  /** @throws DdbrError `schema` where the item has not got the key */
  add(item: WireItem): void {
    const id = this.#idOf(item);
    sha256Into(this.#canonical.of(item), this.#digest);
    this.table.add(id, this.#digest);
  }

  addAll(items: readonly WireItem[]): void {
    for (const item of items) this.add(item);
  }

  /** Whether the item has the key. */
  has(item: WireItem): boolean {
    return this.#ids.of(item) !== undefined;
  }

  /** @throws DdbrError `schema` */
  bucketOf(item: WireItem): number {
    return bucketOf(this.#idOf(item), this.table.buckets);
  }

  #idOf(item: WireItem): Uint8Array {
    const id = this.#ids.of(item);
    if (id !== undefined) return id;
    throw new DdbrError("schema", `holds an item without the key ${describeSchema(this.key)}`, {
      hint: "say what the key is: --like <table>, or --key-schema id:S",
    });
  }
}
