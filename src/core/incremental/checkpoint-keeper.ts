import type { ObjectStore } from "../store/object-store.ts";
import { type BackfillCheckpoint, putCheckpoint, rangesOf } from "./backfill-checkpoint.ts";

/** Each save is a version that the store keeps: there are to be few, and yet a killed run shall lose little. */
const LONGEST_PAUSE_MS = 5_000;
const SHARE_OF_RUN = 0.1;
/** How long a run that ends early is held up by saving once more. */
const LAST_SAVE_MS = 5_000;

/** Keeps the record of a backfill's progress: saved at most every few seconds, and when the run ends before its work does. */
export class CheckpointKeeper {
  readonly done: Set<number>;
  readonly #save: (signal: AbortSignal) => Promise<void>;
  readonly #startedAt = performance.now();
  #savedAt = this.#startedAt;
  /** How many segments are in what is saved. */
  #saved = 0;
  #saving = Promise.resolve();

  /** @param table the table's name */
  constructor(
    store: ObjectStore,
    table: string,
    checkpoint: Omit<BackfillCheckpoint, "done">,
    done: Iterable<number>,
  ) {
    this.done = new Set(done);
    this.#save = async (signal) => {
      const { size } = this.done;
      await putCheckpoint(store, table, { ...checkpoint, done: rangesOf(this.done) }, signal);
      this.#saved = size;
    };
  }

  /** A segment is done; saves that when it is time. */
  async add(segment: number, signal: AbortSignal): Promise<void> {
    this.done.add(segment);
    const now = performance.now();
    const pause = Math.min((now - this.#startedAt) * SHARE_OF_RUN, LONGEST_PAUSE_MS);
    if (now - this.#savedAt >= pause) await this.save(signal);
  }

  /** One after the other: an older state must not replace a newer one. */
  save(signal: AbortSignal): Promise<void> {
    this.#savedAt = performance.now();
    this.#saving = this.#saving.then(() => this.#save(signal));
    return this.#saving;
  }

  /** Of a run that was stopped or has failed. What cannot be saved is done again by the next run. */
  async saveLast(): Promise<void> {
    await this.#saving.catch(() => {});
    if (this.done.size > this.#saved) await this.#save(AbortSignal.timeout(LAST_SAVE_MS)).catch(() => {});
  }
}
