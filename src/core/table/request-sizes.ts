import type { Pace } from "./pace.ts";

/** What one read unit covers: an eventually consistent read pays half of it. */
const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/** A page of a scan holds no more. */
const PAGE_BYTES = 1024 * 1024;

/** A page to ask for: items at most, undefined for as many as it takes; and what it is expected to cost. */
export interface PageSize {
  items: number | undefined;
  units: number;
}

/**
 * How large requests to a table are. Under a tight limit none is for more than about a second's worth, so that the limit holds
 * from second to second, also where many workers have begun at the same moment.
 */
export class RequestSizes {
  readonly #tableBytes: number;
  readonly #itemBytes: number;
  readonly #consistent: boolean;

  /** @param table as it is described, hours ago perhaps. @param consistent whether its pages are */
  constructor({ items, bytes }: { items: number; bytes: number }, consistent: boolean) {
    this.#tableBytes = bytes;
    // Of a new table nothing is known: then the cheapest is expected, and the difference settled.
    this.#itemBytes = items > 0 && bytes > 0 ? bytes / items : WRITE_UNIT_BYTES;
    this.#consistent = consistent;
  }

  /** @param rate units a second, 0 where that is not known yet. @param segments how many the table is scanned in */
  page(rate: number, segments: number): PageSize {
    const bytesPerUnit = READ_UNIT_BYTES * (this.#consistent ? 1 : 2);
    // Less than this costs as much.
    const bytes = Math.max(rate * bytesPerUnit, READ_UNIT_BYTES);
    return {
      items: Number.isFinite(bytes) ? Math.max(1, Math.floor(bytes / this.#itemBytes)) : undefined,
      units: Math.min(bytes, this.#tableBytes / segments, PAGE_BYTES) / bytesPerUnit,
    };
  }

  /** Units for reading an item by its key. */
  read(consistent: boolean): number {
    return Math.ceil(this.#itemBytes / READ_UNIT_BYTES) * (consistent ? 1 : 0.5);
  }

  /** Units for writing an item. */
  get write(): number {
    return Math.ceil(this.#itemBytes / WRITE_UNIT_BYTES);
  }
}

/** How many requests of so many units each are about a second's worth: one at least. */
export function inASecond({ rate }: Pace, unitsEach: number): number {
  return Math.max(1, Math.floor(rate / unitsEach));
}

/** The elements of a list in portions, each about a second's worth at the rate of the moment when it is asked for. */
export function* portions<Element>(
  list: readonly Element[],
  unitsEach: number,
  pace: Pace,
): Generator<Element[]> {
  for (let from = 0, count: number; from < list.length; from += count) {
    count = inASecond(pace, unitsEach);
    yield list.slice(from, from + count);
  }
}
