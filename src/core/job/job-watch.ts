import { SegmentBook, type SegmentState } from "../state/segment-book.ts";
import type { SegmentRecord } from "../state/segment-record.ts";
import type { StatePlace } from "../state/state-place.ts";
import { sumFigures } from "../sum-figures.ts";
import { damagedPart, readPart } from "./read-part.ts";

/** How the state of a kind of job is told as events. */
export interface WatchedJob<Totals extends object, Event> {
  none: Totals;
  /** The figures among what a record says that the work came to. */
  totalsOf(record: SegmentRecord): Totals;
  /** Whether a part of the results holds events; where it is absent, all do. @param name with its extension */
  tells?(name: string): boolean;
  /** The events that such a part holds. */
  eventsOf(name: string, body: Buffer): Event[];
  /** What the totals become by an event. */
  add(totals: Totals, event: Event): Totals;
  /** An event of nothing but figures. */
  added(totals: Totals): Event;
  began(segment: number): Event;
  done(segment: number): Event;
}

interface Seen<Totals> {
  number: number;
  status: SegmentState["status"];
  totals: Totals;
  parts: number;
}

/** Follows a job by the state that its workers leave, and tells of it as if its events had happened here. */
export class JobWatch<Totals extends object, Event> {
  readonly #place: StatePlace;
  readonly #job: WatchedJob<Totals, Event>;
  readonly #report: (event: Event) => void;
  readonly #segments: readonly number[];
  readonly #book: SegmentBook;
  readonly #seen = new Map<number, Seen<Totals>>();
  /** What all segments came to, as far as it was saved. */
  totals: Totals;

  /** @param segments how many the job has, or which of them to follow */
  constructor(
    place: StatePlace,
    segments: number | readonly number[],
    job: WatchedJob<Totals, Event>,
    report: (event: Event) => void,
  ) {
    this.#place = place;
    this.#job = job;
    this.#report = report;
    this.#segments =
      typeof segments === "number" ? Array.from({ length: segments }, (_, segment) => segment) : segments;
    this.#book = new SegmentBook(place);
    this.totals = job.none;
  }

  /** Looks once, and tells what is new. Returns how all segments stand. @throws DdbrError `damaged`; as the place */
  async look(signal: AbortSignal): Promise<SegmentState[]> {
    const states = await this.#book.look(this.#segments, signal);
    for (const state of states) await this.#tell(state, signal);
    return states;
  }

  async #tell({ segment, status, newest }: SegmentState, signal: AbortSignal): Promise<void> {
    if (newest === undefined) return;
    const seen = this.#seen.get(segment) ?? { number: 0, status: "free", totals: this.#job.none, parts: 0 };
    if (seen.number === newest.number && seen.status === status) return;
    const { record } = newest;
    // Parts are only ever added, whoever goes on with the segment.
    const events = await this.#eventsOf(segment, record.parts.slice(seen.parts), signal);
    if (seen.number === 0) events.unshift(this.#job.began(segment));
    if (status === "done") events.push(this.#job.done(segment));
    const totals = this.#totalsOf(record);
    const counted = events.reduce(this.#job.add, this.#job.none);
    for (const event of events) this.#report(event);
    const more = sumFigures(totals, negative(sumFigures(seen.totals, counted)));
    this.#report(this.#job.added(more));
    this.totals = sumFigures(this.totals, sumFigures(totals, negative(seen.totals)));
    this.#seen.set(segment, { number: newest.number, status, totals, parts: record.parts.length });
  }

  #totalsOf(record: SegmentRecord): Totals {
    return record.totals === null ? this.#job.none : this.#job.totalsOf(record);
  }

  async #eventsOf(segment: number, names: readonly string[], signal: AbortSignal): Promise<Event[]> {
    const events: Event[] = [];
    for (const name of names.filter((name) => this.#job.tells?.(name) ?? true)) {
      const body = await readPart(this.#place, segment, name, signal);
      for (const event of this.#read(segment, name, body)) events.push(event);
    }
    return events;
  }

  #read(segment: number, name: string, body: Buffer): Event[] {
    try {
      return this.#job.eventsOf(name, body);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
      throw damagedPart(this.#place, segment, name, "holds a line that tells of nothing");
    }
  }
}

function negative<Shape extends object>(figures: Shape): Shape {
  const entries = Object.entries(figures).map(([name, value]) => {
    return [name, typeof value === "number" ? -value : negative(value as object)];
  });
  return Object.fromEntries(entries) as Shape;
}
