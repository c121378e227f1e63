import pLimit from "p-limit";
import { DdbrError } from "../errors.ts";
import { clockOf, type LeaseTerms } from "./lease-terms.ts";
import {
  type NumberedRecord,
  partKey,
  putRecord,
  readRecord,
  recordKey,
  type SegmentRecord,
} from "./segment-record.ts";
import type { StatePlace } from "./state-place.ts";

/** How far the work on a segment is, whole: it takes the place of what was saved before. */
export type Progress = Pick<SegmentRecord, "checkpoint" | "totals" | "parts">;
/** What a segment that is done came to. */
export type SegmentResult = Pick<SegmentRecord, "totals" | "parts">;

/** The segment is another worker's by now, or may be. What was done since the last record that was written does not count. */
export class LeaseLost extends DdbrError {
  constructor(place: StatePlace, segment: number, why: string) {
    super("condition-failed", `the lease was lost: ${why}`, {
      subject: `${place.location.text}, segment ${segment}`,
      hint: "whoever takes it goes on from what was saved last",
    });
  }
}

const RENEWALS_A_LEASE = 3;
/** After a renewal that failed, until the next. */
const ATTEMPTS_A_LEASE = 10;
const KEPT_RECORDS = 2;

/**
 * A segment that is this worker's, until it is given back, done or lost (take-segment.ts takes one). It renews itself.
 *
 * Whatever the clocks say, only one worker's records count: each is created with the number after the last, and who takes the
 * segment over creates that number too. Such a record, the first of a lease, is never deleted: so a worker that comes back after any
 * time finds it in its way.
 */
export class SegmentLease {
  readonly segment: number;
  readonly place: StatePlace;
  readonly #terms: LeaseTerms;
  readonly #first: number;
  #held: NumberedRecord;
  readonly #lost = new AbortController();
  readonly #inTurn = pLimit(1);
  #ended = false;
  #parts = 0;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #expiry: ReturnType<typeof setTimeout> | undefined;

  constructor(place: StatePlace, segment: number, taken: NumberedRecord, terms: LeaseTerms) {
    this.segment = segment;
    this.place = place;
    this.#terms = terms;
    this.#first = taken.number;
    this.#held = taken;
    this.#watch();
  }

  /** What was written last. */
  get record(): SegmentRecord {
    return this.#held.record;
  }

  /** Aborts with a {@link LeaseLost} when the work must stop, because it doesn't count any more. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Stores a result. It counts once its name, which this resolves with, is saved. @param extension such as `ndjson`
   * @throws LeaseLost; DdbrError as the place
   */
  async putPart(extension: string, body: Uint8Array): Promise<string> {
    this.#check();
    const name = `${this.record.epoch}-${++this.#parts}.${extension}`;
    await this.place.put(partKey(this.segment, name), body, this.signal);
    return name;
  }

  /** To be asked before what cannot be taken back: the timers of a process that was frozen come late. @throws LeaseLost */
  requireHeld(): void {
    this.#check();
  }

  /** @throws LeaseLost; DdbrError as the place */
  renew(): Promise<void> {
    return this.#write({});
  }

  /** Makes it durable, and renews. @throws LeaseLost; DdbrError as the place */
  save({ checkpoint, totals, parts }: Progress): Promise<void> {
    return this.#write({ checkpoint: checkpoint ?? null, totals: totals ?? null, parts });
  }

  /** Gives the segment back, as it was saved last, for anybody to go on with. @throws LeaseLost; DdbrError as the place */
  release(): Promise<void> {
    return this.#write({ status: "open" });
  }

  /** @throws LeaseLost; DdbrError as the place */
  done({ totals, parts }: SegmentResult): Promise<void> {
    return this.#write({ status: "done", checkpoint: null, totals: totals ?? null, parts });
  }

  async #write(change: Partial<SegmentRecord>): Promise<void> {
    const number = await this.#inTurn(async () => {
      do {
        this.#check();
        const next = { number: this.#held.number + 1, record: this.#changed(change) };
        const created = await putRecord(this.place, this.segment, next, this.signal);
        this.signal.throwIfAborted();
        this.#hold(created ? next : await this.#ownAt(next.number));
        if (created) return next.number;
      } while (!this.#ended);
      return this.#held.number;
    });
    await this.#tidy(number - KEPT_RECORDS);
  }

  #changed(change: Partial<SegmentRecord>): SegmentRecord {
    const { leaseMs } = this.#terms;
    const until = new Date(this.#now() + leaseMs).toISOString();
    return { ...this.record, ...change, until, leaseMs };
  }

  /** A write of this lease that failed may have taken effect all the same. */
  async #ownAt(number: number): Promise<NumberedRecord> {
    const record = await readRecord(this.place, this.segment, number, this.signal);
    if (record?.lease === this.record.lease) return { number, record };
    throw this.#lose("another worker has taken the segment over");
  }

  #hold(held: NumberedRecord): void {
    this.#held = held;
    if (held.record.status === "working") this.#watch();
    else this.#end();
  }

  /** Nobody needs to be able to delete: then records stay. */
  async #tidy(number: number): Promise<void> {
    if (number <= this.#first) return;
    await this.place.delete(recordKey(this.segment, number), this.signal).catch(() => {});
  }

  #check(): void {
    this.signal.throwIfAborted();
    if (this.#ended) throw new Error(`the lease of segment ${this.segment} has been given back`);
    if (this.#leftMs() <= 0) throw this.#lose("it was not renewed in time");
  }

  #lose(why: string): LeaseLost {
    const lost = new LeaseLost(this.place, this.segment, why);
    this.#end();
    this.#lost.abort(lost);
    return lost;
  }

  #now(): number {
    return clockOf(this.#terms)();
  }

  #leftMs(): number {
    return Date.parse(this.record.until) - this.#now();
  }

  #watch(): void {
    this.#stopTimers();
    this.#renewAfter(this.#terms.leaseMs / RENEWALS_A_LEASE);
    this.#expireAfter(this.#leftMs());
  }

  #renewAfter(ms: number): void {
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(async () => {
      try {
        await this.renew();
      } catch {
        // Whoever works hears of it by the signal, when the lease is over; until then the place may be back.
        if (!this.#ended) this.#renewAfter(this.#terms.leaseMs / ATTEMPTS_A_LEASE);
      }
    }, ms).unref();
  }

  #expireAfter(ms: number): void {
    this.#expiry = setTimeout(
      () => {
        if (this.#leftMs() > 0) this.#expireAfter(this.#leftMs());
        else this.#lose("it was not renewed in time");
      },
      Math.max(ms, 0),
    ).unref();
  }

  #end(): void {
    this.#ended = true;
    this.#stopTimers();
  }

  #stopTimers(): void {
    clearTimeout(this.#renewal);
    clearTimeout(this.#expiry);
  }
}
