import type { KeyAttribute, KeyType, WireItem } from "../item/attribute-value.ts";
import { typeOf } from "../item/attribute-value.ts";
import { type BucketCount, BucketTable } from "./bucket-table.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { Fingerprinter } from "./fingerprinter.ts";

/** Items kept until the key is known; the names of more records than this are not tried. */
const MOST_WAITING = 100;

/** Makes the fingerprint of a folder's records, which tell only by and by what their key is. */
export class LearningFingerprinter {
  readonly #buckets: BucketCount;
  #made: Fingerprinter | undefined;
  #waiting: WireItem[] | undefined = [];
  /** An item without the key was met. */
  #strange = false;

  constructor(buckets: BucketCount) {
    this.#buckets = buckets;
  }

  /** @param key the attributes that the record is named by, as far as they are known */
  add(item: WireItem, key: readonly string[] | undefined): void {
    if (this.#strange) return;
    if (this.#made === undefined && key !== undefined && this.#waiting !== undefined) {
      this.#made = new Fingerprinter(schemaIn(item, key), this.#buckets);
      for (const earlier of this.#waiting) this.#addTo(this.#made, earlier);
    }
    if (this.#made !== undefined) this.#addTo(this.#made, item);
    else if (this.#waiting?.push(item) === MOST_WAITING) this.#waiting = undefined;
  }

  addAll(items: readonly WireItem[], key: readonly string[] | undefined): void {
    for (const item of items) this.add(item, key);
  }

  /** Undefined where the key is not to be known, or not the same for all: that must not keep a backup from being made. */
  get result(): Fingerprint | undefined {
    if (this.#strange) return undefined;
    const isEmpty = this.#waiting?.length === 0;
    return this.#made ?? (isEmpty ? { key: [], table: new BucketTable(this.#buckets) } : undefined);
  }

  #addTo(made: Fingerprinter, item: WireItem): void {
    if (made.has(item)) made.add(item);
    else this.#strange = true;
  }
}

function schemaIn(item: WireItem, key: readonly string[]): KeyAttribute[] {
  return key.map((name) => ({ name, type: typeOf(item[name]!) as KeyType }));
}
