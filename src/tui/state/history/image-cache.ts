import type { HistoryImage } from "../../../core/history/record-history.ts";

/** What an image is counted as besides its text. */
const OVERHEAD = 512;
/** Strings may take two bytes a character. */
const PER_BYTE = 2;
/** Those that are compared on the screen stay, however large. */
const FEWEST = 4;

interface Held {
  image: HistoryImage;
  weight: number;
}

/** Images that were read, the latest looked at, within a bound of bytes. */
export class ImageCache {
  readonly #held = new Map<number, Held>();
  readonly #capacity: number;
  #weight = 0;

  /** @param capacity bytes */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get weight(): number {
    return this.#weight;
  }

  has(version: number): boolean {
    return this.#held.has(version);
  }

  get(version: number): HistoryImage | undefined {
    const held = this.#held.get(version);
    if (held === undefined) return undefined;
    // A map keeps the order of insertion: the first is the one that was looked at longest ago.
    this.#held.delete(version);
    this.#held.set(version, held);
    return held.image;
  }

  /** @param size bytes of the version */
  put(version: number, image: HistoryImage, size: number): void {
    this.drop(version);
    const weight = OVERHEAD + size * PER_BYTE;
    this.#held.set(version, { image, weight });
    this.#weight += weight;
    for (const oldest of this.#held.keys()) {
      if (this.#weight <= this.#capacity || this.#held.size <= FEWEST) return;
      this.drop(oldest);
    }
  }

  drop(version: number): void {
    this.#weight -= this.#held.get(version)?.weight ?? 0;
    this.#held.delete(version);
  }
}
