const CHUNK_BITS = 14;
const CHUNK = 1 << CHUNK_BITS;

type Numbers = Uint8Array | Uint32Array | Float64Array;

/** Numbers by index, growing in chunks: nothing is copied and little is held in reserve. */
export class GrowingArray {
  readonly #make: (length: number) => Numbers;
  readonly #chunks: Numbers[] = [];
  #length = 0;

  /** @param make makes an empty chunk, e.g. `(length) => new Uint32Array(length)` */
  constructor(make: (length: number) => Numbers) {
    this.#make = make;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length % CHUNK === 0) this.#chunks.push(this.#make(CHUNK));
    this.#length++;
    this.set(this.#length - 1, value);
  }

  /** Only of an index below `length`. */
  get(index: number): number {
    return this.#chunks[index >>> CHUNK_BITS]![index & (CHUNK - 1)]!;
  }

  set(index: number, value: number): void {
    this.#chunks[index >>> CHUNK_BITS]![index & (CHUNK - 1)] = value;
  }
}
