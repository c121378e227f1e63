import type { Heartbeat } from "../../../src/core/pacing/heartbeat.ts";
import { type Chance, createChance } from "./chance.ts";
import { EventQueue } from "./event-queue.ts";
import { ModelledWorker } from "./modelled-worker.ts";
import type { PartitionedTable } from "./partitioned-table.ts";

const STEP_MS = 250;
const SECOND = 1_000;
/** US dollars for a million units. */
export const PRICE = 0.125;

export interface FleetOptions {
  seed: number;
  workers: number;
  /** Units a second. */
  limit: number;
  table: PartitionedTable;
  /** US dollars. */
  budget?: number;
}

/** A run of many workers on a modelled table. Seconds and milliseconds are the model's: no real time passes. */
export class Fleet {
  readonly chance: Chance;
  readonly events = new EventQueue();
  readonly workers: ModelledWorker[];
  /** Units by second, of all. */
  readonly consumed: number[] = [];
  /** Units by second, of each worker. */
  readonly consumedBy: number[][];
  /** The second of each worker's last start or return; Infinity for one that does not run. */
  readonly undisturbedSince: number[];
  readonly #order: ModelledWorker[];
  #now = 0;

  constructor({ seed, workers, limit, table, budget }: FleetOptions) {
    this.chance = createChance(seed);
    this.consumedBy = Array.from({ length: workers }, () => []);
    this.undisturbedSince = Array.from({ length: workers }, () => Number.POSITIVE_INFINITY);
    const beats: Heartbeat[] = [];
    const around = {
      events: this.events,
      chance: this.chance,
      table,
      limit: { limit, price: PRICE },
      budget,
      beats,
      consumed: (worker: number, units: number, at: number) => {
        const second = Math.floor(at / SECOND);
        this.consumed[second]! += units;
        const own = this.consumedBy[worker]!;
        own[second] = (own[second] ?? 0) + units;
      },
    };
    this.workers = Array.from({ length: workers }, (_, index) => new ModelledWorker(index, around));
    this.#order = [...this.workers];
  }

  startAt(second: number, index: number): void {
    this.events.schedule(second * SECOND, (at) => {
      this.undisturbedSince[index] = second;
      this.workers[index]!.start(at);
    });
  }

  killAt(second: number, index: number): void {
    this.events.schedule(second * SECOND, () => {
      this.undisturbedSince[index] = Number.POSITIVE_INFINITY;
      this.workers[index]!.kill();
    });
  }

  freezeAt(second: number, index: number, seconds: number): void {
    this.events.schedule(second * SECOND, (at) => {
      this.undisturbedSince[index] = second + seconds;
      this.workers[index]!.freeze(at + seconds * SECOND);
    });
  }

  at(second: number, happen: () => void): void {
    this.events.schedule(second * SECOND, happen);
  }

  /** @param eachSecond is told when a second is over */
  runTo(second: number, eachSecond: (second: number) => void = () => {}): void {
    const { events, consumed } = this;
    for (; this.#now < second * SECOND; this.#now += STEP_MS) {
      const current = Math.floor(this.#now / SECOND);
      if (this.#now % SECOND === 0) {
        if (current > 0) eachSecond(current - 1);
        consumed[current] = 0;
      }
      events.runUntil(this.#now);
      this.#shuffle();
      for (const worker of this.#order) worker.step(this.#now);
    }
  }

  /** Not always the same ones come first. */
  #shuffle(): void {
    const order = this.#order;
    for (let index = order.length - 1; index > 0; index--) {
      const other = Math.floor(this.chance.share() * (index + 1));
      [order[index], order[other]] = [order[other]!, order[index]!];
    }
  }
}

/** Units a second on average over each minute that begins within these seconds. */
export function minutes(consumed: readonly number[], from = 0, to = consumed.length - 60): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => {
    return consumed.slice(from + index, from + index + 60).reduce((sum, units) => sum + units, 0) / 60;
  });
}
