import { compareSequences } from "./sequence.ts";
import type { StreamRecord } from "./stream-record.ts";

/** Some megabytes. */
const MOST_KEYS = 20_000;

/**
 * What this process has written last of each key, of the keys it wrote last. A batch that comes again, in part or whole, then does not
 * put an older image over a newer one, not even for a moment. Another process knows nothing of it: there the newer image comes again after the older.
 */
export class WrittenBefore {
  readonly #sequences = new Map<string, string>();

  has({ id, sequence }: StreamRecord): boolean {
    const last = this.#sequences.get(id);
    return last !== undefined && compareSequences(sequence, last) <= 0;
  }

  add({ id, sequence }: StreamRecord): void {
    // The order of a Map is that of setting: what was written longest ago comes first.
    this.#sequences.delete(id);
    this.#sequences.set(id, sequence);
    for (const oldest of this.#sequences.keys()) {
      if (this.#sequences.size <= MOST_KEYS) break;
      this.#sequences.delete(oldest);
    }
  }
}
