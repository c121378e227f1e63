import type { AttributeDifference, Discrepancy, DiscrepancyKind } from "../../../core/diff/discrepancy.ts";
import { DdbrError } from "../../../core/errors.ts";
import { escapeForTerminal } from "../../../core/escape.ts";
import type { WireKey } from "../../../core/item/attribute-value.ts";
import { SpoolFile } from "../../../core/spool-file.ts";
import { GrowingArray } from "./growing-array.ts";
import { KeyIndex } from "./key-index.ts";
import { RecentRows } from "./recent-rows.ts";
import { type Filter, RowFlags, type RowState } from "./row-flags.ts";
import { headOf, type RowHead, type RowSummary, summaryOf } from "./row-summary.ts";

/** At 10 bytes of index a row, and 30 more where what becomes of it is followed, this bounds the memory; what is found beyond is counted, not listed. */
const MOST_ROWS = 2_000_000;
const SUMMARIES_KEPT = 400;
const REASONS_KEPT = 400;
/** Read at first for a row's head; a longer one is read to its end. */
const HEAD_BYTES = 2048;
const NEWLINE = 0x0a;

export interface SpoolOptions {
  directory?: string;
  mostRows?: number;
}

/**
 * The discrepancies found so far, in the order found, on disk: a row is a line of JSON with its key and attribute
 * names and one with the attributes' values. In memory are where each row starts, its kind and state, and an index
 * of the keys that are being repaired; only rows that are looked at are read.
 */
export class DiscrepancySpool {
  readonly #mostRows: number;
  readonly #offsets = new GrowingArray((length) => new Float64Array(length));
  readonly #flags = new RowFlags();
  readonly #keys = new KeyIndex();
  readonly #summaries = new RecentRows<RowSummary>(SUMMARIES_KEPT);
  readonly #reasons = new RecentRows<string>(REASONS_KEPT);
  #file: SpoolFile | undefined;
  #notListed = 0;
  #problem: string | undefined;

  constructor({ directory, mostRows = MOST_ROWS }: SpoolOptions = {}) {
    this.#mostRows = mostRows;
    try {
      this.#file = new SpoolFile(directory);
    } catch (error) {
      this.#problem = message(error);
    }
  }

  /** Discrepancies that came after the list was full, or that could not be written. */
  get notListed(): number {
    return this.#notListed;
  }

  /** Why discrepancies are not listed; one line. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Appends a row. What can't be listed is counted in `notListed`.
   * @param followed whether `rowOf` is to find it, to mark what becomes of it
   */
  append(discrepancy: Discrepancy, followed = false): void {
    if (!this.#write(discrepancy)) {
      this.#notListed++;
      return;
    }
    if (followed) this.#keys.set(discrepancy.key, this.#flags.length);
    this.#flags.add(discrepancy.kind);
  }

  /** The row of a key that is followed. */
  rowOf(key: WireKey): number | undefined {
    return this.#keys.get(key);
  }

  /** Sets what became of the record, with a reason when it failed. */
  mark(row: number, state: RowState, reason?: string): void {
    this.#flags.setState(row, state);
    if (reason === undefined) this.#reasons.delete(row);
    else this.#reasons.set(row, reason);
  }

  count(filter: Filter): number {
    return this.#flags.count(filter);
  }

  countState(state: RowState): number {
    return this.#flags.countState(state);
  }

  rowAt(filter: Filter, position: number): number | undefined {
    return this.#flags.rowAt(filter, position);
  }

  positionOf(filter: Filter, row: number): number {
    return this.#flags.positionOf(filter, row);
  }

  kind(row: number): DiscrepancyKind {
    return this.#flags.kind(row);
  }

  state(row: number): RowState {
    return this.#flags.state(row);
  }

  /** Why the repair of a row failed; known of the latest few hundred. */
  reason(row: number): string | undefined {
    return this.#reasons.get(row);
  }

  summary(row: number): RowSummary {
    const known = this.#summaries.get(row);
    if (known) return known;
    const summary = this.#summarize(row);
    this.#summaries.set(row, summary);
    return summary;
  }

  /** The whole record, from disk. Throws when it can't be read. */
  read(row: number): Discrepancy {
    const { head, end } = this.#head(row);
    const attributes: AttributeDifference[] = JSON.parse(this.#bytes(end + 1, this.#end(row)).toString());
    return { kind: this.kind(row), key: head.key, attributes };
  }

  /**
   * Keys of the rows not repaired yet, in the order found, each followed from now on.
   * Those that come meanwhile are left out. Throws when a row can't be read.
   */
  *openKeys(): Generator<WireKey, void, void> {
    const rows = this.count("all");
    for (let row = 0; row < rows; row++) {
      if (this.state(row) === "repaired") continue;
      const { key } = this.#head(row).head;
      this.#keys.set(key, row);
      yield key;
    }
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #write(discrepancy: Discrepancy): boolean {
    if (this.#problem !== undefined || this.#file === undefined) return false;
    if (this.#offsets.length >= this.#mostRows) {
      this.#problem = `the list is full at ${this.#mostRows}`;
      return false;
    }
    const offset = this.#file.size;
    const text = `${JSON.stringify(headOf(discrepancy))}\n${JSON.stringify(discrepancy.attributes)}\n`;
    try {
      if (offset + text.length > this.#file.capacity) throw new Error("no room for the list, see TMPDIR");
      this.#file.append(text);
    } catch (error) {
      this.#problem = message(error);
      return false;
    }
    this.#offsets.push(offset);
    return true;
  }

  /** A disk that fails costs the row's text, not the run. */
  #summarize(row: number): RowSummary {
    try {
      return summaryOf(this.#head(row).head);
    } catch (error) {
      return { key: `(not readable: ${escapeForTerminal(message(error))})`, attributes: "" };
    }
  }

  #head(row: number): { head: RowHead; end: number } {
    const start = this.#offsets.get(row);
    const limit = this.#end(row);
    let bytes = this.#bytes(start, Math.min(start + HEAD_BYTES, limit));
    if (!bytes.includes(NEWLINE)) bytes = this.#bytes(start, limit);
    const length = bytes.indexOf(NEWLINE);
    return { head: JSON.parse(bytes.toString("utf8", 0, length)), end: start + length };
  }

  #end(row: number): number {
    return row + 1 < this.#offsets.length ? this.#offsets.get(row + 1) : this.#open.size;
  }

  #bytes(start: number, end: number): Buffer {
    return this.#open.read(start, end - start);
  }

  get #open(): SpoolFile {
    if (this.#file === undefined) throw new DdbrError("interrupted", "the list of discrepancies is closed");
    return this.#file;
  }
}

function message(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!;
}
