const LONGEST = 240;

/** How much was done in each of the last seconds of a clock. */
export class RateHistory {
  readonly #counts: number[] = [];
  #second = 0;
  #before = 0;

  /** @param at milliseconds of a clock that never goes back · @param count what has been done since its start */
  add(at: number, count: number): void {
    const second = Math.floor(at / 1000);
    while (this.#second < second) {
      // What came to light only now was done in the first of the seconds since.
      this.#counts.push(count - this.#before);
      this.#before = count;
      this.#second++;
    }
    if (this.#counts.length > LONGEST) this.#counts.splice(0, this.#counts.length - LONGEST);
  }

  /** The latest seconds that are over, the last at the end. */
  last(seconds: number): readonly number[] {
    return seconds > 0 ? this.#counts.slice(-seconds) : [];
  }
}
