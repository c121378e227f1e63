import { randomBytes } from "node:crypto";
import type { SideDescription } from "../diff/diff-events.ts";
import { describeError } from "../errors.ts";
import type { KeySchema } from "../item/attribute-value.ts";
import { keyString } from "../item/key-string.ts";
import { PauseGate } from "../pause-gate.ts";
import type { Table } from "../table/table.ts";
import { carryOut } from "./carry-out.ts";
import { CHANGE_KINDS, type ChangeSink } from "./change.ts";
import { type ChangesFile, openChangesFile } from "./changes-file.ts";
import type { ChangesHeader } from "./changes-notes.ts";
import { type ChangesWriter, createChangesFile } from "./changes-writer.ts";
import { requireNewUndoFile } from "./new-undo-file.ts";
import { refuseOtherPlan } from "./refuse-other-plan.ts";
import type {
  RestoreEvent,
  RestoreJob,
  RestoreMode,
  RestorePlan,
  RestoreReport,
  RestoreSummary,
} from "./restore-events.ts";
import { observerOf, type RestoreRun } from "./restore-run.ts";
import { addRestore, NO_RESTORE, type RestoreTotals } from "./restore-totals.ts";

/** What every restore is given. */
export interface RestoreControls {
  signal: AbortSignal;
  gate?: PauseGate | undefined;
  report: RestoreReport;
  /** Asks whether the plan is to be carried out. */
  agree(plan: RestorePlan, undoFile: string): Promise<boolean>;
}

/** What a restore writes to: a table that is there, or one to be made when the plan is agreed to. */
export type RestoreTarget =
  | { table: Table; description: SideDescription; create?: undefined }
  | { table?: undefined; description: SideDescription; create(signal: AbortSignal): Promise<Table> };

export interface RestoreSetup extends RestoreControls {
  job: RestoreJob;
  jobId?: string | undefined;
  target: RestoreTarget;
  /** As typed. */
  source: string;
  sourceItems: number;
  /** Of the table's scan; 0 for none. */
  segments: number;
  /** Milliseconds since 1970: the moment that is wanted, or the window. */
  at?: number | undefined;
  until?: number | undefined;
  mode?: RestoreMode | undefined;
  /** What else tells this restore from another, as JSON. */
  selection?: unknown;
  dryRun: boolean;
  /** Where the plan is written down, and with it what is replaced. */
  undoFile: string;
  /** The plan is there already: go on with it. */
  resume: boolean;
  patienceMs: number;
}

/** What the kinds of restores have of their own. */
export interface RestoreWork {
  /**
   * Passes every change on, where somebody takes them. Is asked a second time when the table has been made.
   * @param table undefined: it is empty, being still to be made, or new
   */
  plan(run: RestoreRun, table: Table | undefined, sink: ChangeSink | undefined): Promise<RestorePlan>;
  verify(run: RestoreRun, table: Table, file: ChangesFile): Promise<void>;
}

/**
 * Plans, asks, writes and verifies. Resolves with the summary also when the run was stopped, declined or could not do everything;
 * `outcome` says which. Nothing is written to the table before the plan is agreed to and written down.
 */
export function runRestore(setup: RestoreSetup, work: RestoreWork): Promise<RestoreSummary> {
  return new Restore(setup, work).run();
}

class Restore {
  readonly #setup: RestoreSetup;
  readonly #work: RestoreWork;
  readonly #jobId: string;
  readonly #startedAt = performance.now();
  readonly #started = new Date().toISOString();
  readonly #schema: KeySchema;
  readonly #failure = new AbortController();
  readonly #run: RestoreRun;
  /** Keys that others wrote meanwhile. */
  readonly #raced = new Set<string>();
  #totals: RestoreTotals = NO_RESTORE;
  #plan: RestorePlan | undefined;
  #undoFile: string | undefined;
  #created = false;
  #declined = false;

  constructor(setup: RestoreSetup, work: RestoreWork) {
    this.#setup = setup;
    this.#work = work;
    this.#jobId = setup.jobId ?? randomBytes(4).toString("hex");
    this.#schema = setup.target.description.schema;
    this.#run = {
      signal: AbortSignal.any([setup.signal, this.#failure.signal]),
      gate: setup.gate ?? new PauseGate(),
      report: (event) => this.#report(event),
      patienceMs: setup.patienceMs,
    };
  }

  async run(): Promise<RestoreSummary> {
    const { job, target, dryRun, source, sourceItems, at, until, mode, segments, resume } = this.#setup;
    this.#report({
      type: "started",
      jobId: this.#jobId,
      job,
      dryRun,
      source,
      at,
      until,
      mode,
      table: target.description,
      sourceItems,
      segments,
    });
    if (target.table !== undefined) target.table.observe(observerOf("table", this.#run.report));
    try {
      await (resume ? this.#goOn() : this.#begin());
    } catch (error) {
      // What fails after the user has stopped the run fails because of that.
      if (!this.#setup.signal.aborted) this.#failure.abort(error);
    }
    const summary: RestoreSummary = {
      jobId: this.#jobId,
      job,
      dryRun,
      outcome: this.#outcome(),
      plan: this.#plan,
      totals: this.#totals,
      elapsedMs: Math.round(performance.now() - this.#startedAt),
      undoFile: this.#undoFile,
      created: this.#created,
      ...(this.#failure.signal.aborted ? { failure: describeError(this.#failure.signal.reason) } : {}),
    };
    this.#report({ type: "finished", summary });
    return summary;
  }

  async #begin(): Promise<void> {
    const { target } = this.#setup;
    this.#phase("reading");
    if (target.table === undefined) return await this.#fillNew(target.create);
    const { table } = target;
    if (this.#setup.dryRun) return void (await this.#makePlan(table, undefined));
    const isToBeDone = await this.#writeDown(table, async (writer) => {
      const plan = await this.#makePlan(table, writer);
      return countChanges(plan) > 0 && (await this.#agreed(plan)) ? plan : undefined;
    });
    if (isToBeDone) await this.#carryOut(table);
  }

  /** The plan is made twice: to be asked about before there is a table, and to be written down when it is known which one. */
  async #fillNew(create: (signal: AbortSignal) => Promise<Table>): Promise<void> {
    const { undoFile, dryRun } = this.#setup;
    if (!dryRun) requireNewUndoFile(undoFile);
    const plan = await this.#makePlan(undefined, undefined);
    if (dryRun || !(await this.#agreed(plan))) return;
    const table = await create(this.#run.signal);
    this.#created = true;
    table.observe(observerOf("table", this.#run.report));
    try {
      await this.#writeDown(table, async (writer) => {
        await this.#work.plan(this.#run, undefined, writer);
        return plan;
      });
      await this.#carryOut(table);
    } finally {
      table.close();
    }
  }

  /** Writes a plan down while it is made, whole and durable; false: there is none, and no file is left. */
  async #writeDown(
    table: Table,
    make: (writer: ChangesWriter) => Promise<RestorePlan | undefined>,
  ): Promise<boolean> {
    const writer = createChangesFile(this.#setup.undoFile, this.#header(table));
    let isWhole = false;
    try {
      const plan = await make(writer);
      if (plan === undefined) return false;
      writer.complete(plan);
      isWhole = true;
      return true;
    } finally {
      if (!isWhole) writer.discard();
      writer.close();
    }
  }

  async #goOn(): Promise<void> {
    const { target, undoFile } = this.#setup;
    const file = openChangesFile(undoFile);
    try {
      refuseOtherPlan(file, this.#header(target.table!));
      this.#plan = file.plan;
    } finally {
      file.close();
    }
    this.#report({ type: "planned", plan: this.#plan!, undoFile });
    if (await this.#agreed(this.#plan!)) await this.#carryOut(target.table!);
  }

  async #makePlan(table: Table | undefined, sink: ChangeSink | undefined): Promise<RestorePlan> {
    const plan = await this.#work.plan(this.#run, table, sink);
    this.#plan = plan;
    const undoFile = this.#setup.dryRun || countChanges(plan) === 0 ? undefined : this.#setup.undoFile;
    this.#report({ type: "planned", plan, undoFile });
    return plan;
  }

  async #agreed(plan: RestorePlan): Promise<boolean> {
    this.#phase("asking");
    this.#declined = !(await this.#setup.agree(plan, this.#setup.undoFile));
    this.#run.signal.throwIfAborted();
    return !this.#declined;
  }

  async #carryOut(table: Table): Promise<void> {
    const { undoFile } = this.#setup;
    this.#undoFile = undoFile;
    const file = openChangesFile(undoFile);
    try {
      this.#phase("writing");
      await carryOut(file, table, this.#run, this.#created);
      this.#phase("verifying");
      await this.#work.verify(this.#run, table, file);
      file.finish(this.#outcome());
    } finally {
      file.close();
    }
  }

  #header(table: Table): ChangesHeader {
    const { job, source, at, until, mode, selection } = this.#setup;
    return {
      jobId: this.#jobId,
      job,
      table: table.location.text,
      arn: table.arn,
      createdAt: new Date(table.createdAt).toISOString(),
      source,
      ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
      ...(mode === undefined ? {} : { mode }),
      ...(selection === undefined ? {} : { selection }),
      created: this.#created,
      startedAt: this.#started,
    };
  }

  #phase(phase: Extract<RestoreEvent, { type: "phase" }>["phase"]): void {
    this.#report({ type: "phase", phase });
  }

  #report(event: RestoreEvent): void {
    if (event.type === "raced") this.#raced.add(keyString(event.key, this.#schema));
    // What others wrote meanwhile has been told.
    if (event.type === "discrepancy" && this.#raced.has(keyString(event.discrepancy.key, this.#schema)))
      return;
    this.#totals = addRestore(this.#totals, event);
    this.#setup.report(event);
  }

  #outcome(): RestoreSummary["outcome"] {
    const { undone, raced, discrepancies } = this.#totals;
    if (this.#failure.signal.aborted || undone > 0) return "incomplete";
    if (this.#setup.signal.aborted || this.#declined) return "interrupted";
    if (this.#setup.dryRun) return "planned";
    const left = this.#plan?.left;
    const changed = (left?.["changed-since"] ?? 0) + (left?.["not-in-backup"] ?? 0);
    return raced + discrepancies + changed > 0 ? "discrepancies" : "restored";
  }
}

function countChanges({ changes }: RestorePlan): number {
  return CHANGE_KINDS.reduce((sum, kind) => sum + changes[kind].items, 0);
}
