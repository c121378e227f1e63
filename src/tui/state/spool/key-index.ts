import type { WireKey } from "../../../core/item/attribute-value.ts";
import { canonicalItem } from "../../../core/item/canonical.ts";

const FIRST_SLOTS = 1 << 10;
const FULLEST = 0.6;

/**
 * Key → row, of whatever length the keys are in about 30 bytes each: an open-addressing table of 64-bit hashes and rows.
 * Two keys of the same hash would share a row (odds of 1 in ten million at two million rows); the hash is
 * seeded anew each run, so that no table can be made to collide.
 */
export class KeyIndex {
  readonly #seed = crypto.getRandomValues(new BigUint64Array(1))[0]!;
  #hashes = new BigUint64Array(FIRST_SLOTS);
  /** Row + 1 by slot; 0 is free. */
  #rows = new Uint32Array(FIRST_SLOTS);
  #count = 0;

  set(key: WireKey, row: number): void {
    const hash = this.#hash(key);
    if (this.#count >= this.#rows.length * FULLEST) this.#grow();
    const slot = this.#slotOf(hash);
    if (this.#rows[slot] === 0) this.#count++;
    this.#hashes[slot] = hash;
    this.#rows[slot] = row + 1;
  }

  get(key: WireKey): number | undefined {
    const row = this.#rows[this.#slotOf(this.#hash(key))]!;
    return row === 0 ? undefined : row - 1;
  }

  /** Where the hash is, or a free slot where it would be. */
  #slotOf(hash: bigint): number {
    const mask = this.#rows.length - 1;
    let slot = Number(hash & 0x7fff_ffffn) & mask;
    while (this.#rows[slot] !== 0 && this.#hashes[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const rows = this.#rows;
    this.#hashes = new BigUint64Array(hashes.length * 2);
    this.#rows = new Uint32Array(rows.length * 2);
    for (let old = 0; old < rows.length; old++) {
      if (rows[old] === 0) continue;
      const slot = this.#slotOf(hashes[old]!);
      this.#hashes[slot] = hashes[old]!;
      this.#rows[slot] = rows[old]!;
    }
  }

  #hash(key: WireKey): bigint {
    return Bun.hash.wyhash(canonicalItem(key), this.#seed);
  }
}
