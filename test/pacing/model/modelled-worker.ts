import { DdbrError } from "../../../src/core/errors.ts";
import type { Heartbeat } from "../../../src/core/pacing/heartbeat.ts";
import { type RunLimit, WorkerPacing } from "../../../src/core/pacing/worker-pacing.ts";
import type { Chance } from "./chance.ts";
import type { EventQueue } from "./event-queue.ts";
import type { PartitionedTable } from "./partitioned-table.ts";

const METER = "read";
const EXPECTED_UNITS = 32;
const MOST_AT_ONCE = 100;

export interface Surroundings {
  events: EventQueue;
  chance: Chance;
  table: PartitionedTable;
  limit: RunLimit;
  budget: number | undefined;
  /** The newest heartbeat of each worker. */
  beats: Heartbeat[];
  consumed(worker: number, units: number, at: number): void;
}

/** A process that reads as much as it may, and that dies, freezes and returns as it is told. */
export class ModelledWorker {
  readonly #index: number;
  readonly #around: Surroundings;
  /** Its clock is set wrong, and goes wrong. */
  readonly #clock: { offset: number; pace: number };
  /** Units a second that it can use. */
  demand = Number.POSITIVE_INFINITY;
  partition: number;
  /** It no longer reaches the place of heartbeats. */
  cutOff = false;
  stopReason: string | undefined;
  #pacing: WorkerPacing | undefined;
  #life = 0;
  /** Of its heartbeat among all. */
  #place: number | undefined;
  #frozenUntil = 0;
  #wish = 0;
  #steppedAt = 0;
  #refused: { units: number; retryAt: number } | undefined;

  constructor(index: number, around: Surroundings) {
    this.#index = index;
    this.#around = around;
    const { chance, table } = around;
    this.partition = index % table.partitions;
    this.#clock = { offset: chance.between(0, 600_000), pace: 1 + chance.between(-200, 200) / 1_000_000 };
  }

  get running(): boolean {
    return this.#pacing !== undefined;
  }

  start(at: number): void {
    const { events, chance, limit, budget, beats } = this.#around;
    const pacing = new WorkerPacing({
      worker: `worker-${this.#index}`,
      limits: { [METER]: limit },
      budget,
      random: chance.share,
      now: this.#local(at),
    });
    this.#pacing = pacing;
    this.#refused = undefined;
    const life = ++this.#life;
    events.schedule(at + chance.latency(), (read) => {
      if (life !== this.#life) return;
      pacing.resume(beats);
      this.#exchange(pacing, read);
    });
  }

  /** Without a word. */
  kill(): void {
    this.#pacing = undefined;
    this.#life++;
  }

  leave(at: number): void {
    if (this.#pacing !== undefined) this.#put(this.#pacing.leave(this.#local(at)));
    this.kill();
  }

  freeze(until: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, until);
  }

  /** Sends the requests that it has come to, and may send. */
  step(at: number): void {
    const elapsed = at - this.#steppedAt;
    this.#steppedAt = at;
    if (this.#pacing === undefined || at < this.#frozenUntil) return;
    const most = Math.min(this.demand, 1e9);
    this.#wish = Math.min(most, this.#wish + (most * elapsed) / 1000);
    for (let count = 0; count < MOST_AT_ONCE && this.#sendOne(this.#pacing, at); count++);
  }

  #sendOne(pacing: WorkerPacing, at: number): boolean {
    const { chance, table, consumed } = this.#around;
    if (this.#refused === undefined) {
      if (this.#wish < 0 || !this.#mayTake(pacing, at)) return false;
      this.#refused = { units: chance.between(EXPECTED_UNITS / 2, EXPECTED_UNITS * 1.5), retryAt: at };
    }
    const { units, retryAt } = this.#refused;
    if (at < retryAt) return false;
    if (!table.request(this.partition, units, at)) {
      pacing.throttled(METER, this.#local(at));
      this.#refused.retryAt = at + chance.between(50, 1_000);
      return false;
    }
    this.#refused = undefined;
    this.#wish -= units;
    pacing.spent(METER, units);
    consumed(this.#index, units, at);
    return true;
  }

  #mayTake(pacing: WorkerPacing, at: number): boolean {
    try {
      return pacing.take(METER, EXPECTED_UNITS, this.#local(at)) === 0;
    } catch (error) {
      if (!(error instanceof DdbrError)) throw error;
      this.stopReason = error.message;
      this.leave(at);
      return false;
    }
  }

  #exchange(pacing: WorkerPacing, at: number): void {
    const { events, chance, beats } = this.#around;
    if (this.cutOff) return;
    const startedAt = this.#local(at);
    const beat = pacing.beat(startedAt);
    const publishedAt = at + chance.latency();
    // What is on its way arrives, also when the sender has died.
    events.schedule(publishedAt, () => this.#put(beat));
    this.#awake(publishedAt, (published) => {
      const readAt = this.#local(published);
      pacing.published(beat, startedAt, readAt);
      const read = beats.slice();
      this.#awake(published + chance.latency(), (heard) => {
        pacing.heard(read, readAt, this.#local(heard));
        this.#awake(heard + pacing.nextIn(this.#local(heard)), (next) => this.#exchange(pacing, next));
      });
    });
  }

  /** Happens when it is neither frozen nor dead. */
  #awake(at: number, happen: (at: number) => void): void {
    const life = this.#life;
    const attempt = (now: number) => {
      if (life !== this.#life) return;
      if (now < this.#frozenUntil) this.#around.events.schedule(this.#frozenUntil, attempt);
      else happen(now);
    };
    this.#around.events.schedule(at, attempt);
  }

  #put(beat: Heartbeat): void {
    const { beats } = this.#around;
    this.#place ??= beats.length;
    if (beat.sequence > (beats[this.#place]?.sequence ?? 0)) beats[this.#place] = beat;
  }

  #local(at: number): number {
    return at * this.#clock.pace + this.#clock.offset;
  }
}
