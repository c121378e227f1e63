import { describeError } from "../../../core/errors.ts";
import type { HistoryImage, RecordHistory } from "../../../core/history/record-history.ts";
import { ImageCache } from "./image-cache.ts";

export interface ReaderOptions {
  /** Bytes of images held at most. */
  capacity?: number;
  /** Reads at once of what comes into view. */
  concurrency?: number;
  /** Ends all reads. */
  signal: AbortSignal;
  /** Called with every image that was read; one that could not be has its `problem`. */
  learned(version: number, image: HistoryImage): void;
}

const CAPACITY = 32 * 1024 * 1024;
const CONCURRENCY = 8;

/** Reads versions, named by their index in the listing, and holds the latest looked at. */
export class VersionReader {
  readonly #history: RecordHistory;
  readonly #options: ReaderOptions;
  readonly #cache: ImageCache;
  readonly #concurrency: number;
  readonly #underWay = new Map<number, Promise<HistoryImage>>();
  #wanted: readonly number[] = [];
  #next = 0;

  constructor(history: RecordHistory, options: ReaderOptions) {
    this.#history = history;
    this.#options = options;
    this.#cache = new ImageCache(options.capacity ?? CAPACITY);
    this.#concurrency = options.concurrency ?? CONCURRENCY;
  }

  /** Bytes that what is held is counted as. */
  get held(): number {
    return this.#cache.weight;
  }

  has(version: number): boolean {
    return this.#cache.has(version);
  }

  image(version: number): HistoryImage | undefined {
    return this.#cache.get(version);
  }

  /** Has these read, the first ones first, instead of what was wanted before. */
  want(versions: readonly number[]): void {
    this.#wanted = versions;
    this.#next = 0;
    this.#pump();
  }

  /** Reads a version now; a failure is told as the image's `problem`. Rejects only when the signal stops it. */
  async read(version: number, signal?: AbortSignal): Promise<HistoryImage> {
    const held = this.image(version);
    if (held !== undefined) return held;
    const underWay = this.#underWay.get(version);
    if (underWay !== undefined) {
      try {
        return await underWay;
      } catch {
        // Someone else's read was stopped.
        signal?.throwIfAborted();
      }
    }
    return this.#start(version, signal);
  }

  drop(version: number): void {
    this.#cache.drop(version);
  }

  #pump(): void {
    while (this.#underWay.size < this.#concurrency && this.#next < this.#wanted.length) {
      const version = this.#wanted[this.#next++]!;
      if (this.has(version) || this.#underWay.has(version)) continue;
      this.#start(version).catch(() => {});
    }
  }

  #start(version: number, signal?: AbortSignal): Promise<HistoryImage> {
    const read = this.#load(version, signal).finally(() => {
      this.#underWay.delete(version);
      this.#pump();
    });
    this.#underWay.set(version, read);
    return read;
  }

  async #load(version: number, wish?: AbortSignal): Promise<HistoryImage> {
    const { signal: end, learned } = this.#options;
    const signal = wish === undefined ? end : AbortSignal.any([end, wish]);
    signal.throwIfAborted();
    let image: HistoryImage;
    try {
      image = await this.#history.read(this.#history.versions[version]!, signal);
    } catch (error) {
      signal.throwIfAborted();
      image = { recorded: {}, problem: describeError(error) };
    }
    signal.throwIfAborted();
    this.#cache.put(version, image, this.#history.versions[version]!.size);
    learned(version, image);
    return image;
  }
}
