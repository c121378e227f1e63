import { Eta } from "./eta.ts";
import { RateWindow } from "./rate-window.ts";
import { Stopwatch } from "./stopwatch.ts";

type Numbers<Name extends string> = Readonly<Record<Name, number>>;

/** What a run has come to when a reading is taken. */
export interface Count<Group extends string, Name extends string> {
  /** Growing counters, by what they belong to. */
  counters: Readonly<Record<Group, Numbers<Name>>>;
  /** Whether the run has finished. */
  over: boolean;
  /** 0 to 1. */
  fraction: number;
  /** What this run has done and has to do in all, where the fraction says something else; see `Eta`. */
  work?: { done: number; total: number };
}

export interface Reading<Group extends string, Name extends string> {
  elapsed: number;
  fraction: number;
  eta: number | undefined;
  /** Per second. */
  rates: Record<Group, Record<Name, number>>;
}

/** Clock, rates and time to go of a run; all of them stand still while it is paused. */
export class Meters<Group extends string, Name extends string> {
  readonly #stopwatch: Stopwatch;
  readonly #names: readonly Name[];
  readonly #windows = new Map<Group, RateWindow<Name>>();
  #eta = new Eta();
  #fraction = 0;

  /** @param names of the counters whose rates are wanted */
  constructor(names: readonly Name[], now?: () => number) {
    this.#names = names;
    this.#stopwatch = new Stopwatch(now);
  }

  get elapsed(): number {
    return this.#stopwatch.elapsed;
  }

  /** Begins the progress of another run; the clock goes on. */
  restart(): void {
    this.#eta = new Eta();
    this.#fraction = 0;
    this.resume();
  }

  resume(): void {
    this.#stopwatch.start();
  }

  pause(): void {
    this.#stopwatch.stop();
  }

  /**
   * Takes a reading. Progress never goes back, whatever the counts behind it turn out to be.
   * Rates are those of the last seconds; while paused, none; when it is over, those of the whole run.
   */
  read({ counters, over, fraction, work }: Count<Group, Name>): Reading<Group, Name> {
    const at = this.#stopwatch.elapsed;
    this.#fraction = Math.max(this.#fraction, Math.min(1, fraction));
    const rates = {} as Record<Group, Record<Name, number>>;
    for (const [group, numbers] of Object.entries(counters) as [Group, Numbers<Name>][]) {
      const window = this.#windowOf(group);
      window.add(at, numbers);
      rates[group] = this.#ratesOf((name) => {
        if (over) return at > 0 ? (numbers[name] * 1000) / at : 0;
        return this.#stopwatch.running ? window.rate(name) : 0;
      });
    }
    const { done, total } = work ?? { done: this.#fraction, total: 1 };
    return { elapsed: at, fraction: this.#fraction, eta: this.#eta.update(at, done, total), rates };
  }

  #windowOf(group: Group): RateWindow<Name> {
    const window = this.#windows.get(group) ?? new RateWindow<Name>();
    this.#windows.set(group, window);
    return window;
  }

  #ratesOf(rate: (name: Name) => number): Record<Name, number> {
    return Object.fromEntries(this.#names.map((name) => [name, rate(name)])) as Record<Name, number>;
  }
}
