import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import type { Table } from "../table/table.ts";
import type { ChangesFile } from "./changes-file.ts";
import type { ChangesProgress } from "./changes-notes.ts";
import { pagesForTable } from "./pages-for-table.ts";
import { PortionWriter } from "./portion-writer.ts";
import type { RestoreRun } from "./restore-run.ts";
import { type Portion, SettledChanges } from "./settled-changes.ts";

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
  readonly #writer: PortionWriter;
  readonly #settled: SettledChanges;
  #noted: ChangesProgress | undefined;
  readonly #startedAt = performance.now();
  #notedAt = this.#startedAt;

  constructor(file: ChangesFile, table: Table, run: RestoreRun, isNew: boolean) {
    this.#file = file;
    this.#table = table;
    this.#stop = run.signal;
    this.#run = { ...run, signal: AbortSignal.any([run.signal, this.#failure.signal]) };
    this.#writer = new PortionWriter(table, this.#run, isNew);
    this.#settled = new SettledChanges(file.progress);
    this.#noted = this.#settled.progress;
  }

  async run(): Promise<void> {
    // Where nothing can be noted, nothing is written.
    this.#file.note(this.#settled.progress);
    try {
      await inParallel(this.#portions(), this.#writer.atOnce, (portion) =>
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
    const { schema } = this.#table.description;
    const pages = pagesForTable(this.#file, schema, this.#settled.progress.offset, signal);
    try {
      for await (const { changes, ends } of pages) {
        for await (const { begin, some } of this.#writer.portions(changes)) {
          const portion: Portion = { changes: some, end: ends[begin + some.length - 1]! };
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
    const fates = await this.#writer.write(portion.changes);
    this.#settled.settle(portion, fates);
    const now = performance.now();
    const pause = Math.min((now - this.#startedAt) * SHARE_OF_RUN, NOTE_EVERY_MS);
    if (now - this.#notedAt > pause) this.#note();
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
