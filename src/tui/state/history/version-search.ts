import type { HistoryImage } from "../../../core/history/record-history.ts";
import { inParallel } from "../../../core/in-parallel.ts";
import { TextFinder } from "./find-text.ts";

export interface SearchOptions {
  /** In the order to search them. */
  versions: readonly number[];
  /** Rejects only when stopped. */
  read(version: number, signal: AbortSignal): Promise<HistoryImage>;
  /** Ends it as well. */
  signal: AbortSignal;
  /** Called as it goes on. */
  changed(): void;
  /** Called with the first hit in the order of search, as soon as that is known. */
  first(version: number): void;
}

const CONCURRENCY = 6;
/** Milliseconds for which versions that needn't be read are searched before keys and drawing get their turn. */
const SLICE = 10;

/** Looks for a text in the values of every version, reading them in the background. */
export class VersionSearch {
  readonly finder: TextFinder;
  readonly total: number;
  /** Versions that were searched; those that couldn't be read. */
  searched = 0;
  unreadable = 0;
  over = false;
  stopped = false;
  /** Version → the attribute that the text is in. */
  readonly #hits = new Map<number, string>();
  readonly #options: SearchOptions;
  readonly #controller = new AbortController();
  readonly #looked = new Set<number>();
  #settled = 0;
  #foundFirst = false;
  #sliceEnds = 0;

  constructor(text: string, options: SearchOptions) {
    this.finder = new TextFinder(text);
    this.total = options.versions.length;
    this.#options = options;
  }

  get hits(): number {
    return this.#hits.size;
  }

  isHit(version: number): boolean {
    return this.#hits.has(version);
  }

  attributeOf(version: number): string | undefined {
    return this.#hits.get(version);
  }

  stop(): void {
    this.#controller.abort();
  }

  async run(): Promise<void> {
    const { versions, signal: end, changed } = this.#options;
    const signal = AbortSignal.any([end, this.#controller.signal]);
    this.#sliceEnds = performance.now() + SLICE;
    try {
      await inParallel(versions, CONCURRENCY, (version) => this.#look(version, signal));
    } catch (error) {
      if (!signal.aborted) throw error;
      this.stopped = true;
    } finally {
      this.over = true;
      changed();
    }
  }

  async #look(version: number, signal: AbortSignal): Promise<void> {
    await this.#takeTurns();
    signal.throwIfAborted();
    const { item, problem } = await this.#options.read(version, signal);
    const attribute = item && this.finder.attributeIn(item);
    if (attribute !== undefined) this.#hits.set(version, attribute);
    if (problem !== undefined) this.unreadable++;
    this.searched++;
    this.#looked.add(version);
    this.#settle();
    this.#options.changed();
  }

  /** Reads end in any order; the first hit is the one with no version before it that may still be one. */
  #settle(): void {
    const { versions, first } = this.#options;
    while (!this.#foundFirst && this.#looked.has(versions[this.#settled]!)) {
      const version = versions[this.#settled++]!;
      this.#foundFirst = this.isHit(version);
      if (this.#foundFirst) first(version);
    }
  }

  async #takeTurns(): Promise<void> {
    if (performance.now() < this.#sliceEnds) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#sliceEnds = performance.now() + SLICE;
  }
}
