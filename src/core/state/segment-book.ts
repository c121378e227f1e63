import pLimit from "p-limit";
import { clockOf, type LeaseTerms, marginOf } from "./lease-terms.ts";
import { type NumberedRecord, newestNumbers, newestRecord, readRecord } from "./segment-record.ts";
import type { StatePlace } from "./state-place.ts";
import { freeFrom } from "./take-segment.ts";

/** How a segment stands, as seen by one worker's clock. */
export interface SegmentState {
  segment: number;
  status: "free" | "held" | "done";
  /** Undefined when it was never taken. */
  newest: NumberedRecord | undefined;
  /** Of a held one: when it will be free if nothing more is heard of its holder. */
  freeAt?: number;
}

const READ_AT_ONCE = 16;

/** Looks at how segments stand, again and again; what is known already is not read again. */
export class SegmentBook {
  readonly #place: StatePlace;
  readonly #terms: Pick<LeaseTerms, "clockMarginMs" | "now">;
  /** Newest records, and since when each is known to be that. */
  readonly #known = new Map<number, NumberedRecord & { since: number }>();

  constructor(place: StatePlace, terms: Pick<LeaseTerms, "clockMarginMs" | "now"> = {}) {
    this.#place = place;
    this.#terms = terms;
  }

  /** Those of these segments that were never taken, by a look at names alone. @throws as the place */
  async untaken(segments: readonly number[], signal?: AbortSignal): Promise<SegmentState[]> {
    const numbers = await this.#numbers(segments, signal);
    return segments.filter((segment) => !numbers.has(segment)).map(neverTaken);
  }

  /** How each of these segments stands now. @throws DdbrError `damaged`; as the place */
  async look(segments: readonly number[], signal?: AbortSignal): Promise<SegmentState[]> {
    const numbers = await this.#numbers(segments, signal);
    return pLimit(READ_AT_ONCE).map(segments, async (segment) => {
      const number = numbers.get(segment);
      if (number === undefined) return neverTaken(segment);
      await this.#learn(segment, number, signal);
      return this.#state(segment);
    });
  }

  #numbers(segments: readonly number[], signal?: AbortSignal): Promise<Map<number, number>> {
    return newestNumbers(this.#place, segments.length === 1 ? segments[0] : undefined, signal);
  }

  async #learn(segment: number, number: number, signal?: AbortSignal): Promise<void> {
    if ((this.#known.get(segment)?.number ?? 0) >= number) return;
    const record = await readRecord(this.#place, segment, number, signal);
    // Otherwise it has been tidied away since it was listed.
    const newest =
      record === undefined ? await newestRecord(this.#place, segment, signal) : { number, record };
    if (newest !== undefined) this.#known.set(segment, { ...newest, since: clockOf(this.#terms)() });
  }

  #state(segment: number): SegmentState {
    const newest = this.#known.get(segment);
    if (newest === undefined) return neverTaken(segment);
    const { number, record, since } = newest;
    const state = { segment, newest: { number, record } };
    if (record.status === "done") return { ...state, status: "done" };
    // A holder whose clock is far ahead is waited for no longer than others.
    const unheard = since + record.leaseMs + marginOf(record.leaseMs, this.#terms);
    const freeAt = Math.min(freeFrom(record, this.#terms), unheard);
    if (freeAt <= clockOf(this.#terms)()) return { ...state, status: "free" };
    return { ...state, status: "held", freeAt };
  }
}

function neverTaken(segment: number): SegmentState {
  return { segment, status: "free", newest: undefined };
}
