const WINDOW_MS = 30_000;
const SAMPLE_MS = 500;
const FIRST_ESTIMATE_MS = 2_000;
/** Share of the way from the shown to the newest estimate that a second closes. */
const PULL_PER_SECOND = 0.5;

interface Sample {
  at: number;
  done: number;
}

/**
 * Time to go, from the progress of the last half minute. What is shown counts down by itself and is
 * drawn towards each new estimate, so that it neither jumps nor stands still.
 * Times are of a clock that stops while the run is paused.
 */
export class Eta {
  #samples: Sample[] = [];
  #shown: number | undefined;
  #at = 0;

  /**
   * @param done in any unit; the total in the same one, which may be corrected while the run goes on
   * @returns milliseconds, or undefined while nothing can be said
   */
  update(at: number, done: number, total = 1): number | undefined {
    this.#sample(at, done);
    const estimate = this.#estimate(at, done, total);
    const passed = Math.max(0, at - this.#at);
    this.#at = at;
    if (estimate === undefined) {
      this.#shown = undefined;
    } else if (this.#shown === undefined) {
      this.#shown = estimate;
    } else {
      const counted = Math.max(0, this.#shown - passed);
      const pull = 1 - (1 - PULL_PER_SECOND) ** (passed / 1000);
      this.#shown = counted + (estimate - counted) * pull;
    }
    return this.#shown;
  }

  #sample(at: number, done: number): void {
    const last = this.#samples.at(-1);
    // What goes back is measured in another unit from now on.
    if (last !== undefined && done < last.done) this.#samples = [];
    else if (last !== undefined && at - last.at < SAMPLE_MS) return;
    this.#samples.push({ at, done });
    while (this.#samples.length > 2 && at - this.#samples[1]!.at > WINDOW_MS) this.#samples.shift();
  }

  #estimate(at: number, done: number, total: number): number | undefined {
    if (done >= total) return 0;
    const first = this.#samples[0]!;
    const passed = at - first.at;
    const progress = done - first.done;
    if (passed < FIRST_ESTIMATE_MS || !(progress > 0)) return undefined;
    return ((total - done) / progress) * passed;
  }
}
