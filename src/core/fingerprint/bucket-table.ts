/** Hex digits of a key's id that name its bucket → how many buckets that makes. */
export const BUCKET_COUNTS = [16, 256, 4096, 65_536] as const;
export type BucketCount = (typeof BUCKET_COUNTS)[number];
export const DEFAULT_BUCKETS: BucketCount = 4096;

/** Words of 32 bits in a sum. */
const WORDS = 4;
const WORD = 2 ** 32;
const COUNT_BYTES = 4;
const SUM_BYTES = WORDS * 4;

export function isBucketCount(count: unknown): count is BucketCount {
  return BUCKET_COUNTS.includes(count as BucketCount);
}

/** The number that the first hex digits of an id make. @param id at least its first two bytes */
export function bucketOf(id: Uint8Array, buckets: BucketCount): number {
  return Math.floor(((id[0]! << 8) | id[1]!) / (65_536 / buckets));
}

/** For each bucket how many items it has, and the sum of their digests modulo 2^128: in whatever order they come. */
export class BucketTable {
  readonly buckets: BucketCount;
  items = 0;
  readonly #counts: Uint32Array;
  /** The lowest word of each sum first. */
  readonly #sums: Uint32Array;

  constructor(buckets: BucketCount) {
    this.buckets = buckets;
    this.#counts = new Uint32Array(buckets);
    this.#sums = new Uint32Array(buckets * WORDS);
  }

  /** @param id of the key; @param digest of the item, of which the first 16 bytes count, as a number that begins with its highest byte */
  add(id: Uint8Array, digest: Uint8Array): void {
    const bucket = bucketOf(id, this.buckets);
    this.items++;
    this.#counts[bucket]!++;
    let carry = 0;
    for (let word = 0; word < WORDS; word++) {
      const at = SUM_BYTES - 4 - word * 4;
      const high = (digest[at]! << 24) | (digest[at + 1]! << 16) | (digest[at + 2]! << 8) | digest[at + 3]!;
      carry = this.#addWord(bucket * WORDS + word, (high >>> 0) + carry);
    }
  }

  /** Adds what another part of the same items holds; a finer one too. */
  addAll(other: BucketTable): void {
    const each = other.buckets / this.buckets;
    for (let theirs = 0; theirs < other.buckets; theirs++) {
      const bucket = Math.floor(theirs / each);
      this.#counts[bucket]! += other.#counts[theirs]!;
      let carry = 0;
      for (let word = 0; word < WORDS; word++) {
        carry = this.#addWord(bucket * WORDS + word, other.#sums[theirs * WORDS + word]! + carry);
      }
    }
    this.items += other.items;
  }

  /** The same with fewer buckets, or itself. */
  foldedTo(buckets: BucketCount): BucketTable {
    if (buckets === this.buckets) return this;
    const folded = new BucketTable(buckets);
    folded.addAll(this);
    return folded;
  }

  countOf(bucket: number): number {
    return this.#counts[bucket]!;
  }

  /** @param other with as many buckets */
  equalIn(bucket: number, other: BucketTable): boolean {
    if (this.#counts[bucket] !== other.#counts[bucket]) return false;
    for (let word = 0; word < WORDS; word++) {
      if (this.#sums[bucket * WORDS + word] !== other.#sums[bucket * WORDS + word]) return false;
    }
    return true;
  }

  /** All counts, 4 bytes each, then all sums, 16 bytes each, the highest byte first. */
  toBytes(): Buffer {
    const bytes = Buffer.alloc(this.buckets * (COUNT_BYTES + SUM_BYTES));
    const sums = this.buckets * COUNT_BYTES;
    for (let bucket = 0; bucket < this.buckets; bucket++) {
      bytes.writeUInt32BE(this.#counts[bucket]!, bucket * COUNT_BYTES);
      for (let word = 0; word < WORDS; word++) {
        const at = sums + bucket * SUM_BYTES + (WORDS - 1 - word) * 4;
        bytes.writeUInt32BE(this.#sums[bucket * WORDS + word]!, at);
      }
    }
    return bytes;
  }

  /** Undefined where these are not the bytes of so many buckets. */
  static fromBytes(bytes: Buffer, buckets: BucketCount): BucketTable | undefined {
    if (bytes.length !== bytesOf(buckets)) return undefined;
    const table = new BucketTable(buckets);
    const sums = buckets * COUNT_BYTES;
    for (let bucket = 0; bucket < buckets; bucket++) {
      const count = bytes.readUInt32BE(bucket * COUNT_BYTES);
      table.#counts[bucket] = count;
      table.items += count;
      for (let word = 0; word < WORDS; word++) {
        const at = sums + bucket * SUM_BYTES + (WORDS - 1 - word) * 4;
        table.#sums[bucket * WORDS + word] = bytes.readUInt32BE(at);
      }
    }
    return table;
  }

  /** Returns what is carried to the next word. */
  #addWord(at: number, more: number): number {
    const sum = this.#sums[at]! + more;
    this.#sums[at] = sum;
    return sum >= WORD ? Math.floor(sum / WORD) : 0;
  }
}

export function bytesOf(buckets: BucketCount): number {
  return buckets * (COUNT_BYTES + SUM_BYTES);
}
