import { DdbrError } from "../errors.ts";
import type { WireItem } from "../item/attribute-value.ts";
import { keyString } from "../item/key-string.ts";
import type { Table } from "../table/table.ts";
import { type Change, kindOf } from "./change.ts";
import { readPresent } from "./plan-restore.ts";
import type { RestoreRun } from "./restore-run.ts";
import type { ChangeFate } from "./settled-changes.ts";
import { writeChange } from "./write-change.ts";

const WRITES_AT_ONCE = 32;
/** BatchWriteItem takes no more items than this. */
const WRITE_BATCH = 25;
const BATCHES_AT_ONCE = 8;
/** Records read at once before they are written: few enough that under a tight limit of write units the reading is not old. */
const LOOK_AHEAD = 25;

/** Changes that are written together: one, or as many as a batch takes. */
interface Part {
  /** Where the first of them is among all. */
  begin: number;
  some: readonly Change[];
}

/** Writes changes: each on its condition or, where nobody else's records can be there, in batches. */
export class PortionWriter {
  readonly #table: Table;
  readonly #run: RestoreRun;
  readonly #isNew: boolean;
  /** What was there just now. */
  readonly #present = new Map<Change, { item: WireItem | undefined }>();

  /** @param isNew nobody else writes to the table: what creates an item does so in batches, without conditions */
  constructor(table: Table, run: RestoreRun, isNew: boolean) {
    this.#table = table;
    this.#run = run;
    this.#isNew = isNew;
  }

  /** How many portions are to be written at the same time. */
  get atOnce(): number {
    return this.#isNew ? BATCHES_AT_ONCE : WRITES_AT_ONCE;
  }

  /**
   * Cuts changes into what is written together, and reads what is to be replaced or deleted shortly before it is.
   * @param mayBeDone an earlier run may have written some of them: then all are read
   */
  async *portions(changes: readonly Change[], mayBeDone = false): AsyncGenerator<Part> {
    const size = this.#isNew ? WRITE_BATCH : 1;
    for (let begin = 0; begin < changes.length; begin += size) {
      if (!this.#isNew && begin % LOOK_AHEAD === 0) {
        const next = changes.slice(begin, begin + LOOK_AHEAD);
        await this.#look(mayBeDone ? next : next.filter(({ before }) => before !== undefined));
      }
      yield { begin, some: changes.slice(begin, begin + size) };
    }
  }

  /** One fate for each. Reports `written`, `raced`, `undone` and `retried`. */
  async write(changes: readonly Change[]): Promise<ChangeFate[]> {
    const isBatch = this.#isNew && changes.every((change) => kindOf(change) === "create");
    return isBatch ? await this.#writeBatch(changes) : await this.#writeEach(changes);
  }

  async #writeEach(changes: readonly Change[]): Promise<ChangeFate[]> {
    const fates: ChangeFate[] = [];
    for (const change of changes) {
      const fate = await writeChange(change, this.#table, this.#run, this.#present.get(change));
      this.#present.delete(change);
      if (fate === "done") this.#run.report({ type: "written", kind: kindOf(change), items: 1 });
      fates.push(fate);
    }
    return fates;
  }

  async #look(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const { schema } = this.#table.description;
    const keyed = changes.map((change) => ({ change, key: keyString(change.key, schema) }));
    const items = await readPresent(keyed, this.#table, schema, this.#run);
    for (const { change, key } of keyed) this.#present.set(change, { item: items.get(key) });
  }

  async #writeBatch(changes: readonly Change[]): Promise<ChangeFate[]> {
    try {
      await this.#table.write(
        changes.map(({ after }) => after!),
        this.#run.signal,
      );
    } catch (error) {
      // One item that is refused has the whole batch refused.
      if (error instanceof DdbrError && error.code === "service-refused") return this.#writeEach(changes);
      throw error;
    }
    this.#run.report({ type: "written", kind: "create", items: changes.length });
    return changes.map(() => "done");
  }
}
