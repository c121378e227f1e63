/** A throttle takes away this much; others of the same second belong to it. */
const CUT = 0.7;
const CUT_EVERY_MS = 1_000;
/** Without throttles a ceiling rises by this part of the share a second, so that it is gone after ten at the latest. */
const GROWTH = 0.1;
/** Workers grow up to this part slower or faster, so that they don't come to the table's limit all at once. */
const GROWTH_JITTER = 0.3;
/** A worker keeps this part of its share through any storm, to see when it is over. */
const LEAST = 0.05;

/** What the table lets one worker have: cut by a factor when it throttles, and raised step by step when it doesn't. */
export class Ceiling {
  readonly #random: () => number;
  #height = Number.POSITIVE_INFINITY;
  #growth = GROWTH;
  #at = 0;
  #cutAt = Number.NEGATIVE_INFINITY;

  /** @param random from 0 to 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Units a second at most. @param share what the worker has of the limit, units a second */
  height(share: number, now: number): number {
    if (this.#height === Number.POSITIVE_INFINITY) return this.#height;
    const grown = Math.max(0, now - Math.max(this.#at, this.#cutAt + CUT_EVERY_MS)) / 1000;
    this.#height = Math.max(this.#height + share * this.#growth * grown, share * LEAST);
    this.#at = now;
    if (this.#height >= share && now - this.#cutAt > CUT_EVERY_MS) this.#height = Number.POSITIVE_INFINITY;
    return this.#height;
  }

  /** @param rate units a second that it consumed at, at most */
  throttled(rate: number, now: number): void {
    if (now - this.#cutAt < CUT_EVERY_MS) return;
    this.#height = Math.min(this.#height, rate) * CUT;
    this.#growth = GROWTH * (1 + GROWTH_JITTER * (2 * this.#random() - 1));
    this.#at = now;
    this.#cutAt = now;
  }
}
