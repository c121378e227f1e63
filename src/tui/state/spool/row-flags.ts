import { DISCREPANCY_KINDS, type DiscrepancyKind } from "../../../core/diff/discrepancy.ts";
import { GrowingArray } from "./growing-array.ts";

export type Filter = DiscrepancyKind | "all";
export const FILTERS: readonly Filter[] = ["all", ...DISCREPANCY_KINDS];

/** What became of a discrepancy. */
export type RowState = "open" | "repaired" | "failed";
const STATES: readonly RowState[] = ["open", "repaired", "failed"];

/** Rows between two entries of the counts: what a look-up scans at most. */
const BLOCK = 1024;
const KIND_MASK = 3;
const STATE_SHIFT = 2;

/**
 * Kind and state of every row, a byte each, and the rows of one kind by their position among themselves.
 * Counts at the start of every block stand in for an index per kind: thousandths of a byte a row instead of four.
 */
export class RowFlags {
  readonly #flags = new GrowingArray((length) => new Uint8Array(length));
  readonly #kinds = DISCREPANCY_KINDS.map(() => new GrowingArray((length) => new Uint32Array(length)));
  readonly #counts = DISCREPANCY_KINDS.map(() => 0);
  readonly #states = { open: 0, repaired: 0, failed: 0 };

  get length(): number {
    return this.#flags.length;
  }

  add(kind: DiscrepancyKind): void {
    if (this.length % BLOCK === 0) {
      for (const [index, before] of this.#kinds.entries()) before.push(this.#counts[index]!);
    }
    const index = DISCREPANCY_KINDS.indexOf(kind);
    this.#flags.push(index);
    this.#counts[index]!++;
    this.#states.open++;
  }

  kind(row: number): DiscrepancyKind {
    return DISCREPANCY_KINDS[this.#flags.get(row) & KIND_MASK]!;
  }

  state(row: number): RowState {
    return STATES[this.#flags.get(row) >>> STATE_SHIFT]!;
  }

  setState(row: number, state: RowState): void {
    this.#states[this.state(row)]--;
    this.#states[state]++;
    this.#flags.set(row, (this.#flags.get(row) & KIND_MASK) | (STATES.indexOf(state) << STATE_SHIFT));
  }

  count(filter: Filter): number {
    return filter === "all" ? this.length : this.#counts[DISCREPANCY_KINDS.indexOf(filter)]!;
  }

  countState(state: RowState): number {
    return this.#states[state];
  }

  /** The row at a position among those that the filter shows; `undefined` behind the last. */
  rowAt(filter: Filter, position: number): number | undefined {
    if (position < 0 || position >= this.count(filter)) return undefined;
    if (filter === "all") return position;
    const wanted = DISCREPANCY_KINDS.indexOf(filter);
    const block = lastBlockNotAbove(this.#kinds[wanted]!, position);
    let left = position - this.#kinds[wanted]!.get(block);
    let row = block * BLOCK;
    while ((this.#flags.get(row) & KIND_MASK) !== wanted || left-- > 0) row++;
    return row;
  }

  /** How many rows that the filter shows come before `row`. */
  positionOf(filter: Filter, row: number): number {
    if (filter === "all") return row;
    if (row >= this.length) return this.count(filter);
    const wanted = DISCREPANCY_KINDS.indexOf(filter);
    const start = row - (row % BLOCK);
    let position = this.#kinds[wanted]!.get(start / BLOCK);
    for (let before = start; before < row; before++) {
      if ((this.#flags.get(before) & KIND_MASK) === wanted) position++;
    }
    return position;
  }
}

function lastBlockNotAbove(counts: GrowingArray, position: number): number {
  let low = 0;
  let high = counts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (counts.get(middle) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
