import { randomBytes } from "node:crypto";
import { ensureExecution, type RunnerRun } from "../../core/deploy/runner/ensure-execution.ts";
import { failureOf } from "../../core/deploy/runner/execution-failure.ts";
import { type Execution, type Executions, openExecutions } from "../../core/deploy/runner/executions.ts";
import { findRunner } from "../../core/deploy/runner/find-runner.ts";
import { untilExecutionEnds } from "../../core/deploy/runner/follow-execution.ts";
import { DdbrError, EXIT } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { type JobRecord, readJob } from "../../core/state/job-record.ts";
import { openStatePlace, type StatePlace } from "../../core/state/state-place.ts";
import { placeIn } from "../../core/store/store-location.ts";
import type { OnTerms } from "../options/on.ts";
import { plural } from "../output/figures.ts";
import type { OutputMode } from "../output/mode.ts";
import { tellNote } from "../output/note.ts";
import { stoppable } from "../output/stop-signals.ts";
import { collectJob } from "./run-collect.ts";

/** Work that a runner is to do. */
export interface WorkForRunner {
  /** The command's name. */
  command: string;
  terms: OnTerms;
  mode: OutputMode;
  reportFile?: string | undefined;
  /** The job's, as this machine reaches what is worked on; the functions are told of no profiles. */
  request: object;
  /** Begins the job in its place, or joins it where it has begun. */
  begin(place: StatePlace, begun: JobRecord | undefined, signal: AbortSignal): Promise<JobRecord>;
}

/** Begins a run on a runner, or comes back to one, and follows it to its end; returns the exit code. */
export async function runOn(work: WorkForRunner): Promise<number> {
  const { place: aws, stack, join } = work.terms;
  const runner = await stoppable((signal) => findRunner(aws, stack, signal));
  const name = join ?? newRunName(work.command);
  const place = await openStatePlace(placeIn(runner.state, name), {
    ...runner.storeOptions,
    access: aws.access,
  });
  try {
    const executions = await openExecutions(aws, runner.stateMachineArn);
    try {
      return await new RunOn(work, name, place, executions).run();
    } finally {
      executions.close();
    }
  } finally {
    place.close();
  }
}

class RunOn {
  readonly #work: WorkForRunner;
  readonly #name: string;
  readonly #place: StatePlace;
  readonly #executions: Executions;
  /** How the execution that was followed has ended. */
  #ended: Execution | undefined;

  constructor(work: WorkForRunner, name: string, place: StatePlace, executions: Executions) {
    this.#work = work;
    this.#name = name;
    this.#place = place;
    this.#executions = executions;
  }

  async run(): Promise<number> {
    const { command, mode, reportFile } = this.#work;
    const { job, arn } = await stoppable(async (signal) => {
      const begun = await this.#begin(signal);
      return { job: begun, arn: await this.#start(begun, signal) };
    });
    // Whether to go on was asked when it was begun.
    const shown = { title: command, place: this.#place, job, request: { reportFile, yes: true }, mode };
    if (arn === undefined) return await collectJob(shown);
    const again = untilExecutionEnds(this.#executions, arn, (execution) => {
      this.#ended = execution;
    });
    const code = await collectJob({ ...shown, again }).catch((error) => {
      if (this.#ended === undefined) this.#tell(`it goes on; --join ${this.#name} comes back to it`);
      throw error;
    });
    if (code === EXIT.interrupted) throw this.#left();
    if (this.#ended === undefined || this.#ended.status === "SUCCEEDED") return code;
    return await this.#failed(this.#ended, code);
  }

  /** The job, begun or found in its place. */
  async #begin(signal: AbortSignal): Promise<JobRecord> {
    const { command, terms, request, begin } = this.#work;
    const found = terms.join === undefined ? undefined : await this.#find(signal);
    if (found !== undefined && found.command !== command) {
      throw new DdbrError("usage", `is a run of ${found.command}`, {
        subject: `run ${this.#name}`,
        hint: `come back to it with ddbr ${found.command}`,
      });
    }
    const job = await begin(this.#place, found, signal).catch((error) => {
      throw found === undefined ? error : this.#otherRun(error);
    });
    return { ...job, settings: { ...(job.settings as object), request } };
  }

  #otherRun(error: unknown): unknown {
    if (!(error instanceof DdbrError && error.code === "exists")) return error;
    const hint = "give the same tables and options as that run, or leave --join out to begin another";
    return new DdbrError("exists", error.message, { subject: this.#subject, hint, cause: error });
  }

  async #find(signal: AbortSignal): Promise<JobRecord> {
    const job = await readJob(this.#place, signal);
    if (job !== undefined) return job;
    throw new DdbrError("no-such-object", "there is none of that name", {
      subject: this.#place.location.text,
      hint: "leave --join out to begin one",
    });
  }

  /** Returns the ARN of the execution that does what is left; undefined when nothing is. */
  async #start({ segments }: JobRecord, signal: AbortSignal): Promise<string | undefined> {
    const { stack, concurrency, toleratedFailurePercentage } = this.#work.terms;
    const run: RunnerRun = {
      name: this.#name,
      place: this.#place,
      segments,
      concurrency,
      toleratedFailurePercentage,
    };
    const execution = await ensureExecution(this.#executions, run, signal);
    if (execution === undefined) return undefined;
    const { name, arn, given, failed } = execution;
    if (failed !== undefined) {
      const cause = await this.#causeOf(failed, signal);
      this.#tell(`execution ${failed.name} ${cause}; execution ${name} goes on with what is not done`);
    }
    const what = given === undefined ? "under way" : `${plural(given, "segment")}, ${concurrency} at a time,`;
    this.#tell(`${what} on ${stack}; Ctrl-C leaves it running, and --join ${this.#name} comes back to it`);
    return arn;
  }

  #left(): DdbrError {
    const hint = `come back with the same command and --join ${this.#name}`;
    const now = this.#ended === undefined ? "goes on" : "has ended";
    return new DdbrError("interrupted", `stopped watching: the run ${now}`, { subject: this.#subject, hint });
  }

  /** @param code what the run came to all the same */
  async #failed(execution: Execution, code: number): Promise<number> {
    const cause = await stoppable((signal) => this.#causeOf(execution, signal));
    if (code !== EXIT.failure) {
      this.#tell(`everything is done, but the execution ${cause}`);
      return code;
    }
    throw new DdbrError("service-refused", `the execution ${cause}`, {
      subject: this.#subject,
      hint: `the same command with --join ${this.#name} goes on with what is not done`,
    });
  }

  async #causeOf(execution: Execution, signal: AbortSignal): Promise<string> {
    const { segment, reason } = await failureOf(this.#executions, execution, signal);
    const how = ENDS[execution.status] ?? execution.status;
    return `${how}: ${segment === undefined ? "" : `segment ${segment}: `}${reason}`;
  }

  get #subject(): string {
    return `run ${this.#name}`;
  }

  #tell(text: string): void {
    tellNote(this.#work.command, escapeForTerminal(`${this.#subject}: ${text}`), this.#work.mode);
  }
}

const ENDS: Partial<Record<Execution["status"], string>> = {
  FAILED: "failed",
  ABORTED: "was stopped",
  TIMED_OUT: "ran out of time",
};

/** E.g. `diff-tables-20261123-181500-3fa9`. */
function newRunName(command: string): string {
  const [day = "", time = ""] = new Date().toISOString().replace(/[-:]/g, "").split(/[T.]/);
  return `${command}-${day}-${time}-${randomBytes(2).toString("hex")}`;
}
