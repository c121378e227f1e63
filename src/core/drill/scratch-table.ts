import { setTimeout as sleep } from "node:timers/promises";
import { DdbrError, describeError } from "../errors.ts";
import type { KeySchema } from "../item/attribute-value.ts";
import type { TableLocation } from "../location.ts";
import { createTable, deleteTable, plainForm } from "../table/create-table.ts";
import { isPassing } from "../table/failure.ts";
import { openTable, type Table, type TableOptions } from "../table/table.ts";
import type { ScratchEnd } from "./drill-result.ts";

export interface ScratchOptions extends TableOptions {
  /** Of a name that was made up for this run. */
  location: TableLocation;
  schema: KeySchema;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** Deleting is worth more patience than anything else: what stays costs money. */
const LEAST_PATIENCE_MS = 30_000;

/** The table that a drill restores into: made by it, and removed by it, and no other. */
export class ScratchTable {
  readonly location: TableLocation;
  readonly #options: ScratchOptions;
  #asked = false;
  #made: { arn: string; createdAt: number } | undefined;
  #removed = true;
  #problem: string | undefined;

  constructor(options: ScratchOptions) {
    this.#options = options;
    this.location = options.location;
  }

  /** It was asked for, and is not known to be gone. */
  get mayBeThere(): boolean {
    return this.#asked && !this.#removed;
  }

  get end(): ScratchEnd {
    return {
      made: this.#made !== undefined,
      arn: this.#made?.arn,
      removed: this.#removed,
      problem: this.#problem,
    };
  }

  /**
   * Sees to it that there is no such table, and that the place can be reached, before anything else is done.
   * @throws DdbrError `exists`
   */
  async requireAbsent(signal: AbortSignal): Promise<void> {
    try {
      (await openTable(this.location, { ...this.#options, signal })).close();
    } catch (error) {
      if (error instanceof DdbrError && error.code === "no-such-table") return;
      if (!(error instanceof DdbrError && error.code === "table-state")) throw error;
    }
    throw new DdbrError("exists", "there is such a table already", {
      subject: this.location.text,
      hint: "start again: each drill takes another name",
    });
  }

  /** Goes through with it also when the user stops the run meanwhile: a table that is still being made cannot be deleted. */
  async make(signal: AbortSignal): Promise<Table> {
    const { schema, access = {} } = this.#options;
    signal.throwIfAborted();
    this.#asked = true;
    this.#removed = false;
    try {
      await createTable(this.location, plainForm(schema), access, new AbortController().signal);
    } catch (error) {
      // Somebody else's, whatever was looked at before.
      if (error instanceof DdbrError && error.code === "exists") this.#removed = true;
      throw error;
    }
    const table = await this.open();
    this.#made = { arn: table.arn, createdAt: table.createdAt };
    if (!signal.aborted) return table;
    table.close();
    throw signal.reason;
  }

  /** Opens it for consistent reads. */
  open(): Promise<Table> {
    return openTable(this.location, { ...this.#options, consistent: true });
  }

  /** Never fails: what could not be done stands in `end`. */
  async remove(): Promise<void> {
    if (!this.mayBeThere) return;
    const until = performance.now() + Math.max(LEAST_PATIENCE_MS, this.#options.patienceMs ?? 0);
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await this.#delete();
        this.#removed = true;
        return;
      } catch (error) {
        if (!mayPass(error) || performance.now() + pause > until) {
          this.#problem = describeError(error);
          return;
        }
      }
      await sleep(pause);
    }
  }

  async #delete(): Promise<void> {
    const { access = {} } = this.#options;
    let there: Table;
    try {
      there = await this.open();
    } catch (error) {
      if (error instanceof DdbrError && error.code === "no-such-table") return;
      throw error;
    }
    there.close();
    // Where its making ended in a failure only the name tells: just before there was none of that name.
    const { arn, createdAt } = this.#made ?? there;
    if (there.arn !== arn || there.createdAt !== createdAt) {
      throw new DdbrError("exists", "is not the table that this drill has made, so it is left alone", {
        subject: this.location.text,
        hint: "look who has made it since",
      });
    }
    await deleteTable(this.location, access, new AbortController().signal);
  }
}

/** A table that is being made can be deleted when that is done. */
function mayPass(error: unknown): boolean {
  return isPassing(error) || (error instanceof DdbrError && error.code === "table-state");
}
