/** What has not been used is kept for so long. */
const KEPT_MS = 1_000;

/**
 * Holds consumption to a rate that changes. What a request costs is known only from its answer: it books what it is
 * expected to cost, and the difference is settled afterwards. One may go into debt, and the next waits until it is paid.
 */
export class TokenBucket {
  readonly #booked: number[] = [];
  #tokens = 0;
  #at: number | undefined;

  /** Books units, unless there is a debt. @param rate units a second since the last call @returns whether it did */
  take(units: number, rate: number, now: number): boolean {
    const elapsed = now - (this.#at ?? now);
    this.#at = now;
    this.#tokens = Math.min(this.#tokens + (rate * elapsed) / 1000, (rate * KEPT_MS) / 1000);
    if (this.#tokens < 0 || rate === 0) return false;
    this.#tokens -= units;
    this.#booked.push(units);
    return true;
  }

  /** Settles the oldest booking. */
  settle(units: number): void {
    this.#tokens += (this.#booked.shift() ?? 0) - units;
  }

  /** Milliseconds until the debt is paid, at this rate; Infinity when there is none. */
  wait(rate: number): number {
    return rate > 0 ? Math.max(0, (-this.#tokens / rate) * 1000) : Number.POSITIVE_INFINITY;
  }
}
