import type { DdbrError } from "../errors.ts";
import type { Heartbeat, MeterBeat } from "./heartbeat.ts";
import { Meter } from "./meter.ts";
import { LEASE_MS, PERIOD_JITTER, PERIOD_MS, RIPE_MS } from "./parameters.ts";
import { costOf, Purse } from "./purse.ts";
import { Roster, type Sight } from "./roster.ts";

/** What a run holds to on one table, for reads or for writes. */
export interface RunLimit {
  /** Units a second of the whole run; Infinity where only the cost counts. */
  limit: number;
  /** US dollars for a million units. */
  price: number;
}

export interface WorkerPacingOptions {
  /** See `Heartbeat.worker`. */
  worker: string;
  /** By names of at most 16 letters, digits and `-`; the same names in all workers. */
  limits: Readonly<Record<string, RunLimit>>;
  /** US dollars that the whole run may spend on units. */
  budget?: number | undefined;
  /** From 0 to 1. */
  random?: () => number;
  now: number;
}

/** While there is no telling how long: for a rate, or for money. */
const ASK_AGAIN_MS = 500;
const SHORTEST_PERIOD_MS = 500;

interface Limited {
  meter: Meter;
  price: number;
  booked: number[];
}

/**
 * One worker's part in the pacing of a run, without timers or requests: when to publish a heartbeat, what is in it, and what
 * follows from those of the others. Times are milliseconds of any clock that never goes back.
 */
export class WorkerPacing {
  readonly #worker: string;
  readonly #random: () => number;
  readonly #limits: ReadonlyMap<string, Limited>;
  readonly #purse: Purse;
  readonly #roster: Roster;
  #sequence = 0;
  #sight: Sight | undefined;
  #publishedAt = Number.NEGATIVE_INFINITY;
  /** When it first could be read that it has joined. */
  #joinedAt: number | undefined;
  #leaseUntil = Number.POSITIVE_INFINITY;

  constructor({ worker, limits, budget, random = Math.random, now }: WorkerPacingOptions) {
    this.#worker = worker;
    this.#random = random;
    this.#purse = new Purse(budget);
    this.#roster = new Roster(worker);
    this.#limits = new Map(
      Object.entries(limits).map(([name, { limit, price }]) => {
        return [name, { meter: new Meter({ name, limit, random, now }), price, booked: [] }];
      }),
    );
  }

  /** Goes on where an earlier worker of this name stopped. Comes first, before anything is published. */
  resume(beats: Iterable<Heartbeat>): void {
    const own = [...beats].filter(({ worker }) => worker === this.#worker);
    const last = own.sort((a, b) => a.sequence - b.sequence).at(-1);
    if (last === undefined) return;
    this.#sequence = last.sequence;
    this.#purse.inherit(last.charged);
    for (const [name, { meter }] of this.#limits) {
      const before = last.meters[name];
      if (before !== undefined) meter.inherit(before);
    }
  }

  /** The next heartbeat, to be published now. */
  beat(now: number): Heartbeat {
    return this.#next(this.#purse.charge(this.#isKnown(now) ? this.#sight : undefined), false, now);
  }

  /** The last heartbeat: nothing is consumed after it. */
  leave(now: number): Heartbeat {
    return this.#next(this.#purse.close(), true, now);
  }

  /** @param startedAt when the publishing began @param now when it had succeeded */
  published({ charged, meters }: Heartbeat, startedAt: number, now: number): void {
    if (now > this.#leaseUntil) this.#rejoin(now);
    this.#joinedAt ??= now;
    this.#publishedAt = startedAt;
    this.#purse.grant(charged);
    for (const [name, { meter }] of this.#limits) meter.told(meters[name]!, now);
  }

  /** @param beats of all workers ever @param startedAt when the reading began */
  heard(beats: Iterable<Heartbeat>, startedAt: number, now: number): void {
    const sight = this.#roster.look(beats, this.#limits.keys(), now);
    this.#sight = sight;
    this.#leaseUntil = Math.min(this.#publishedAt, startedAt) + LEASE_MS;
    for (const { meter } of this.#limits.values()) meter.heard(sight, this.#leaseUntil, now);
  }

  /** Milliseconds until the next heartbeat. */
  nextIn(now: number): number {
    const period = PERIOD_MS * (1 + PERIOD_JITTER * (2 * this.#random() - 1));
    const regular = this.#publishedAt + period - now;
    const known = (this.#joinedAt ?? now) + RIPE_MS - now;
    // One that has just become known to all begins at once.
    return Math.max(SHORTEST_PERIOD_MS, known > 0 ? Math.min(regular, known + 1) : regular);
  }

  /**
   * Books units when their turn has come. @returns milliseconds to wait before asking again, 0 when they are booked
   * @throws DdbrError `interrupted` when the run's budget is spent
   */
  take(name: string, units: number, now: number): number {
    const { meter, price, booked } = this.#limit(name);
    const cost = costOf(units, price);
    if (!this.#purse.pay(cost)) return ASK_AGAIN_MS;
    const wait = meter.take(units, now);
    if (wait === 0) booked.push(cost);
    else this.#purse.settle(cost, 0);
    return Math.min(wait, ASK_AGAIN_MS);
  }

  /** Units a second that may be consumed now; 0 as long as that is not known, Infinity for no limit. */
  rate(name: string, now: number): number {
    return this.#limit(name).meter.rate(now);
  }

  /** Set when the budget is as good as spent: what is under way may come to an end, nothing new is to be begun. */
  get ending(): DdbrError | undefined {
    return this.#purse.ending;
  }

  /** Settles the oldest booking. */
  spent(name: string, units: number): void {
    const { meter, price, booked } = this.#limit(name);
    meter.spent(units);
    this.#purse.settle(booked.shift() ?? 0, costOf(units, price));
  }

  /** The table has refused a request because it came too fast. */
  throttled(name: string, now: number): void {
    this.#limit(name).meter.throttled(now);
  }

  #limit(name: string): Limited {
    return this.#limits.get(name)!;
  }

  /** Whether all others have had the time to read that it has joined. */
  #isKnown(now: number): boolean {
    return this.#joinedAt !== undefined && now >= this.#joinedAt + RIPE_MS;
  }

  #rejoin(now: number): void {
    this.#joinedAt = undefined;
    for (const { meter } of this.#limits.values()) meter.rejoin(now);
  }

  #next(charged: number, left: boolean, now: number): Heartbeat {
    const meters: Record<string, MeterBeat> = {};
    for (const [name, { meter }] of this.#limits) meters[name] = meter.tell(now);
    return { worker: this.#worker, sequence: ++this.#sequence, left, charged, meters };
  }
}
