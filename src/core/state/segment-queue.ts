import { setTimeout as sleep } from "node:timers/promises";
import { clockOf } from "./lease-terms.ts";
import { SegmentBook, type SegmentState } from "./segment-book.ts";
import type { SegmentLease } from "./segment-lease.ts";
import type { StatePlace } from "./state-place.ts";
import { takeSegment } from "./take-segment.ts";
import type { WorkOptions } from "./worker.ts";

/** Between looks at segments that are others'; each is twice as long as the one before. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/** Hands out a worker's segments; it is asked for one at a time. */
export class SegmentQueue {
  readonly #place: StatePlace;
  readonly #options: WorkOptions;
  readonly #stop: AbortSignal;
  readonly #book: SegmentBook;
  readonly #chosen: readonly number[];
  /** Free when they were last looked at. */
  #candidates: SegmentState[] = [];
  /** While there are such, no records need to be read. */
  #someUntaken = true;
  /** Pauses since something was free. */
  #pauses = 0;
  /** Aborts when something has changed since the last look began. */
  #changed = new AbortController();

  constructor(place: StatePlace, options: WorkOptions, stop: AbortSignal) {
    const { segment, segments } = options;
    this.#place = place;
    this.#options = options;
    this.#stop = stop;
    this.#book = new SegmentBook(place, options);
    this.#chosen = segment === undefined ? Array.from({ length: segments }, (_, index) => index) : [segment];
  }

  /** This worker itself has done with a segment: nobody need wait for it. */
  wake(): void {
    this.#changed.abort();
  }

  /** Waits for one; undefined when all are done. */
  async next(): Promise<SegmentLease | undefined> {
    for (;;) {
      // Not every place looks at the signal before it creates a record.
      this.#stop.throwIfAborted();
      const some = this.#candidates.length > 0;
      const lease = await this.#takeCandidate();
      if (lease !== undefined) return lease;
      // Others were faster with all of them, and may be so again.
      if (some) await this.#pause(0);
      this.#changed = new AbortController();
      const states = await this.#look();
      if (states.every(({ status }) => status === "done")) return undefined;
      this.#candidates = states.filter(({ status }) => status === "free");
      if (this.#candidates.length === 0) await this.#waitFor(states);
      else this.#pauses = 0;
    }
  }

  async #look(): Promise<SegmentState[]> {
    if (this.#someUntaken) {
      const untaken = await this.#book.untaken(this.#chosen, this.#stop);
      if (untaken.length > 0) return untaken;
      this.#someUntaken = false;
    }
    return this.#book.look(this.#chosen, this.#stop);
  }

  async #takeCandidate(): Promise<SegmentLease | undefined> {
    for (;;) {
      const candidate = takeAtRandom(this.#candidates);
      if (candidate === undefined) return undefined;
      const { segment, newest } = candidate;
      const found = { abandoned: newest?.number, signal: this.#stop };
      const lease = await takeSegment(this.#place, segment, this.#options, found);
      if (lease !== undefined) return lease;
    }
  }

  /** Until the first may be free; but some are done or given back before that. */
  async #waitFor(states: SegmentState[]): Promise<void> {
    const held = states.filter(({ status }) => status === "held");
    this.#options.report?.({ type: "waiting", held: held.length });
    const earliest = held.reduce(
      (least, { freeAt = least }) => Math.min(least, freeAt),
      Number.POSITIVE_INFINITY,
    );
    await this.#pause(earliest - clockOf(this.#options)());
  }

  /** Waits no longer than that, and a random time more, as others wait for the same. */
  async #pause(ms: number): Promise<void> {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#pauses++);
    const pause = Math.min(Math.max(ms, 0), longest) + (Math.random() * longest) / 4;
    const signal = AbortSignal.any([this.#stop, this.#changed.signal]);
    await sleep(pause, undefined, { signal }).catch(() => this.#stop.throwIfAborted());
  }
}

function takeAtRandom<Element>(elements: Element[]): Element | undefined {
  const at = Math.floor(Math.random() * elements.length);
  const chosen = elements[at];
  const last = elements.pop();
  if (last !== undefined && at < elements.length) elements[at] = last;
  return chosen;
}
