import type { Side } from "../../core/diff/diff-events.ts";
import { Eta } from "./eta.ts";
import type { SideRates } from "./frame.ts";
import { RateWindow } from "./rate-window.ts";
import type { RunState } from "./run-state.ts";
import { Stopwatch } from "./stopwatch.ts";

/** Clock, rates and time to go of a run; all of them stand still while it is paused. */
export class Meters {
  readonly #stopwatch: Stopwatch;
  readonly #sides = {
    primary: new RateWindow<keyof SideRates>(),
    replica: new RateWindow<keyof SideRates>(),
  };
  #eta = new Eta();
  #fraction = 0;

  constructor(now?: () => number) {
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
  read(state: RunState, fraction: number): Reading {
    const at = this.#stopwatch.elapsed;
    this.#fraction = Math.max(this.#fraction, Math.min(1, fraction));
    this.#sides.primary.add(at, state.totals.primary);
    this.#sides.replica.add(at, state.totals.replica);
    const rates = (side: Side) => {
      if (state.phase === "finished") return ratesOf((name) => state.totals[side][name] / (at / 1000));
      if (!this.#stopwatch.running) return ratesOf(() => 0);
      return ratesOf((name) => this.#sides[side].rate(name));
    };
    return {
      elapsed: at,
      fraction: this.#fraction,
      eta: this.#eta.update(at, this.#fraction),
      rates: { primary: rates("primary"), replica: rates("replica") },
    };
  }
}

function ratesOf(rate: (name: keyof SideRates) => number): SideRates {
  return {
    items: rate("items"),
    bytes: rate("bytes"),
    readUnits: rate("readUnits"),
    writeUnits: rate("writeUnits"),
  };
}

export interface Reading {
  elapsed: number;
  fraction: number;
  eta: number | undefined;
  rates: Record<Side, SideRates>;
}
