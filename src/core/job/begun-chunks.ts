import type { PartPosition } from "../restore/restore-source.ts";
import type { StatePlace } from "../state/state-place.ts";
import { type ChunkName, compareNames, listChunks, readChunk } from "./undo-chunk.ts";

/**
 * The chunks of a segment that were begun by workers which did not come to save that they are done, by where they begin. Where there are several that
 * begin at the same place, the last counts: its worker has seen what those before it had done.
 */
export class BegunChunks {
  readonly #names: ReadonlyMap<string, ChunkName>;

  private constructor(names: ReadonlyMap<string, ChunkName>) {
    this.#names = names;
  }

  /** @param saved the last chunk that is saved as done @throws DdbrError `damaged`; as the place */
  static async read(
    place: StatePlace,
    segment: number,
    saved: ChunkName | null,
    signal: AbortSignal,
  ): Promise<BegunChunks> {
    const names = new Map<string, ChunkName>();
    for (const { name } of await listChunks(place, segment, signal)) {
      if (saved !== null && compareNames(name, saved) <= 0) continue;
      const { chunk } = await readChunk(place, segment, name, signal);
      names.set(JSON.stringify(chunk.from), name);
    }
    return new BegunChunks(names);
  }

  get isEmpty(): boolean {
    return this.#names.size === 0;
  }

  at(position: PartPosition | null): ChunkName | undefined {
    return this.#names.get(JSON.stringify(position));
  }
}
