import type { LimitFunction } from "p-limit";
import type { ObjectStore } from "../store/object-store.ts";
import {
  type HistoryImage,
  type HistoryVersion,
  inEventOrder,
  type RecordedEvent,
  readRecorded,
  readVersion,
} from "./record-history.ts";

/** A version of which is known what event it comes from. */
export interface KnownVersion {
  /** Its place among all versions of the record. */
  index: number;
  version: HistoryVersion;
  recorded: RecordedEvent;
}

/** The versions of one record, looked at one by one. Nothing is asked for twice. */
export class RecordVersions {
  /** Newest first. */
  readonly all: readonly HistoryVersion[];
  readonly #store: ObjectStore;
  readonly #limit: LimitFunction;
  readonly #images = new Map<number, HistoryImage>();
  readonly #recorded = new Map<number, RecordedEvent>();

  /**
   * @param store opened at the table's own folder
   * @param all newest first
   * @param limit bounds the requests of several records together
   */
  constructor(store: ObjectStore, all: readonly HistoryVersion[], limit: LimitFunction) {
    this.all = all;
    this.#store = store;
    this.#limit = limit;
  }

  /** Those that were looked at, in the order of events, newest first. */
  known(): KnownVersion[] {
    const known = [...this.#recorded]
      .sort(([one], [other]) => one - other)
      .map(([index, recorded]) => ({ index, version: this.all[index]!, recorded }));
    return inEventOrder(known, ({ recorded }) => recorded.sequence);
  }

  /** Asks what is recorded with the versions from `start` up to, not including, `end`. */
  async look(start: number, end: number, signal: AbortSignal): Promise<void> {
    const indexes = Array.from({ length: end - start }, (_, offset) => start + offset);
    await Promise.all(indexes.map((index) => this.#lookAt(index, signal)));
  }

  async read(index: number, signal: AbortSignal): Promise<HistoryImage> {
    const known = this.#images.get(index);
    if (known !== undefined) return known;
    const image = await this.#limit(readVersion, this.#store, this.all[index]!, signal);
    this.#images.set(index, image);
    if (!this.#recorded.has(index)) this.#recorded.set(index, image.recorded);
    return image;
  }

  async #lookAt(index: number, signal: AbortSignal): Promise<void> {
    if (this.#recorded.has(index)) return;
    // What counts now is nearly always needed whole.
    if (index === 0) await this.read(index, signal);
    else this.#recorded.set(index, await this.#limit(readRecorded, this.#store, this.all[index]!, signal));
  }
}
