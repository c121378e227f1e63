import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import type { WireItem } from "../item/attribute-value.ts";
import { keyString } from "../item/key-string.ts";
import type { Table } from "../table/table.ts";
import { type Change, kindOf } from "./change.ts";
import type { ChangesFile } from "./changes-file.ts";
import type { ChangesProgress } from "./changes-notes.ts";
import { pagesForTable } from "./pages-for-table.ts";
import { readPresent } from "./plan-restore.ts";
import type { RestoreRun } from "./restore-run.ts";
import { type ChangeFate, type Portion, SettledChanges } from "./settled-changes.ts";
import { writeChange } from "./write-change.ts";

const WRITES_AT_ONCE = 32;
/** BatchWriteItem takes no more items than this. */
const WRITE_BATCH = 25;
const BATCHES_AT_ONCE = 8;
/** Records read at once before they are written: few enough that under a tight limit of write units the reading is not old. */
const LOOK_AHEAD = 25;
/** Progress is noted this often, and at first more often: what was not noted is tried again after a kill. */
const NOTE_EVERY_MS = 250;
const SHARE_OF_RUN = 0.1;

/**
 * Does what a plan says, from where an earlier run has come to: each record is written only while it is as planned. Resolves when every
 * change is settled; how far it is stands in the file whenever and however this ends.
 *
 * Reports `resumed`, `written`, `raced`, `undone` and `retried`. What an earlier run has written, but not noted, counts as written by this one.
 * @param isNew the table was made by this very run: then items are put in batches, without conditions. A later run, which may be days later,
 *   cannot know who has written to it since
 * @throws DdbrError `usage` when the plan is not whole; what makes going on impossible; the signal's reason, after the writes under way have ended
 */
export async function carryOut(
  file: ChangesFile,
  table: Table,
  run: RestoreRun,
  isNew: boolean,
): Promise<void> {
  const { header, plan, progress, path } = file;
  if (header === undefined || plan === undefined) {
    throw new DdbrError("usage", "holds no whole plan, so nothing can be written by it", {
      subject: path,
      hint: "start again, with another file",
    });
  }
  if (progress !== undefined) run.report({ type: "resumed", done: progress.done });
  await new Writing(file, table, run, isNew).run();
}

class Writing {
  readonly #file: ChangesFile;
  readonly #table: Table;
  readonly #stop: AbortSignal;
  readonly #failure = new AbortController();
  /** Stops all writers when the user stops the run, or one of them has failed. */
  readonly #run: RestoreRun;
  readonly #isNew: boolean;
  readonly #settled: SettledChanges;
  /** What was there just now. */
  readonly #present = new Map<Change, { item: WireItem | undefined }>();
  #noted: ChangesProgress | undefined;
  readonly #startedAt = performance.now();
  #notedAt = this.#startedAt;

  constructor(file: ChangesFile, table: Table, run: RestoreRun, isNew: boolean) {
    this.#file = file;
    this.#table = table;
    this.#stop = run.signal;
    this.#run = { ...run, signal: AbortSignal.any([run.signal, this.#failure.signal]) };
    this.#isNew = isNew;
    this.#settled = new SettledChanges(file.progress);
    this.#noted = this.#settled.progress;
  }

  async run(): Promise<void> {
    // Where nothing can be noted, nothing is written.
    this.#file.note(this.#settled.progress);
    try {
      await inParallel(this.#portions(), this.#isNew ? BATCHES_AT_ONCE : WRITES_AT_ONCE, (portion) =>
        this.#carryOut(portion).catch((error) => this.#fail(error)),
      );
    } catch {
      try {
        this.#note();
      } catch {
        // Without it a later run comes to more of what is done already. What has stopped this one is told.
      }
      this.#stop.throwIfAborted();
      throw this.#failure.signal.reason;
    }
    this.#note();
  }

  async *#portions(): AsyncGenerator<Portion> {
    const { signal } = this.#run;
    const size = this.#isNew ? WRITE_BATCH : 1;
    const { schema } = this.#table.description;
    const pages = pagesForTable(this.#file, schema, this.#settled.progress.offset, signal);
    try {
      for await (const { changes, ends } of pages) {
        for (let from = 0; from < changes.length; from += size) {
          if (!this.#isNew && from % LOOK_AHEAD === 0)
            await this.#look(changes.slice(from, from + LOOK_AHEAD));
          const some = changes.slice(from, from + size);
          const portion: Portion = { changes: some, end: ends[from + some.length - 1]! };
          await this.#settled.begin(portion, signal);
          yield portion;
        }
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async #carryOut(portion: Portion): Promise<void> {
    await this.#run.gate.passed(this.#run.signal);
    const { changes } = portion;
    const isBatch = this.#isNew && changes.every((change) => kindOf(change) === "create");
    const fates = isBatch ? await this.#writeBatch(changes) : await this.#writeEach(changes);
    this.#settled.settle(portion, fates);
    const now = performance.now();
    const pause = Math.min((now - this.#startedAt) * SHARE_OF_RUN, NOTE_EVERY_MS);
    if (now - this.#notedAt > pause) this.#note();
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

  /** Reads what is to be replaced or deleted shortly before it is. */
  async #look(changes: readonly Change[]): Promise<void> {
    const { schema } = this.#table.description;
    const looked = changes.filter(({ before }) => before !== undefined);
    if (looked.length === 0) return;
    const keyed = looked.map((change) => ({ change, key: keyString(change.key, schema) }));
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

  #note(): void {
    const { progress } = this.#settled;
    this.#notedAt = performance.now();
    if (progress === this.#noted) return;
    this.#file.note(progress);
    this.#noted = progress;
  }

  #fail(error: unknown): never {
    this.#failure.abort(error);
    throw error;
  }
}
