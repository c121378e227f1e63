import { RIPE_MS } from "./parameters.ts";

/** What a worker has told that it wants. What it wants less counts at once; what it wants more when everybody knows. */
export class Claims {
  #told: { at: number; wanted: number }[] = [];

  /** @param now when it was there for all to read */
  tell(wanted: number, now: number): void {
    const ripe = this.#told.findLastIndex(({ at }) => at <= now - RIPE_MS);
    this.#told = [...this.#told.slice(Math.max(0, ripe)), { at: now, wanted }];
  }

  /** As one that has told nothing yet. */
  forget(): void {
    this.#told = [];
  }

  /** The latest. */
  get told(): number {
    return this.#told.at(-1)?.wanted ?? 0;
  }

  /** The least of what was told lately; 0 as long as the first is not ripe. */
  ripe(now: number): number {
    const first = this.#told.findLastIndex(({ at }) => at <= now - RIPE_MS);
    return first < 0 ? 0 : Math.min(...this.#told.slice(first).map(({ wanted }) => wanted));
  }
}
