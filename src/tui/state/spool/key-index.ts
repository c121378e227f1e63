import type { WireKey } from "../../../core/item/attribute-value.ts";
import { canonicalItem } from "../../../core/item/canonical.ts";
import { GrowingArray } from "./growing-array.ts";

const FIRST_SLOTS = 1 << 12;

/**
 * Key → row in about 16 bytes a row: the 64-bit hash of every row's key, and an open-addressing table of rows.
 * Two keys of the same hash would share a row (odds of 1 in ten million at two million rows); the hash is
 * seeded anew each run, so that no table can be made to collide.
 */
export class KeyIndex {
  readonly #low = new GrowingArray((length) => new Uint32Array(length));
  readonly #high = new GrowingArray((length) => new Uint32Array(length));
  readonly #seed = crypto.getRandomValues(new BigUint64Array(1))[0]!;
  /** Row + 1 by slot; 0 is free. */
  #slots = new Uint32Array(FIRST_SLOTS);

  /** Adds the key of the next row. */
  push(key: WireKey): void {
    const [low, high] = this.#hash(key);
    this.#low.push(low);
    this.#high.push(high);
    if (this.#low.length > this.#slots.length * 0.6) this.#grow();
    else this.#insert(this.#low.length - 1);
  }

  rowOf(key: WireKey): number | undefined {
    const [low, high] = this.#hash(key);
    const mask = this.#slots.length - 1;
    for (let slot = low & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const row = this.#slots[slot]! - 1;
      if (this.#low.get(row) === low && this.#high.get(row) === high) return row;
    }
    return undefined;
  }

  #insert(row: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#low.get(row) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = row + 1;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let row = 0; row < this.#low.length; row++) this.#insert(row);
  }

  #hash(key: WireKey): [low: number, high: number] {
    const hash = Bun.hash.wyhash(canonicalItem(key), this.#seed);
    return [Number(hash & 0xffff_ffffn), Number(hash >> 32n)];
  }
}
