const WINDOW_MS = 5_000;

interface Sample<Name extends string> {
  at: number;
  counts: Readonly<Record<Name, number>>;
}

/** Rates of growing counters over the last five seconds of a clock that stops while the run is paused. */
export class RateWindow<Name extends string> {
  readonly #samples: Sample<Name>[] = [];

  add(at: number, counts: Readonly<Record<Name, number>>): void {
    if (this.#samples.at(-1)?.at === at) this.#samples.pop();
    this.#samples.push({ at, counts });
    while (this.#samples.length > 2 && at - this.#samples[1]!.at >= WINDOW_MS) this.#samples.shift();
  }

  /** Per second; 0 while nothing can be said. */
  rate(name: Name): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return 0;
    return ((last.counts[name] - first.counts[name]) * 1000) / (last.at - first.at);
  }
}
