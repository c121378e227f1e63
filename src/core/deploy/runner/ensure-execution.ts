import { DdbrError } from "../../errors.ts";
import { SegmentBook } from "../../state/segment-book.ts";
import type { StatePlace } from "../../state/state-place.ts";
import type { RunnerInput } from "../template/runner-machine.ts";
import type { Execution, Executions } from "./executions.ts";
import { isRunning } from "./follow-execution.ts";

/** A run whose job has begun in its place. */
export interface RunnerRun extends Pick<RunnerInput, "concurrency" | "toleratedFailurePercentage"> {
  /** Which its first execution is called. */
  name: string;
  place: StatePlace;
  /** Of the job. */
  segments: number;
}

export interface EnsuredExecution {
  name: string;
  arn: string;
  /** How many segments it was given; undefined when it was under way already. */
  given: number | undefined;
  /** The one before, which did not succeed. */
  failed: Execution | undefined;
}

/** Their numbers, and what stands beside them, are less than the 256 KiB that an execution is given at most. */
export const MOST_OF_A_RUN = 40_000;

/**
 * Sees to it that an execution does what is left of a run: one that goes on already, or else a new one, for the segments that are
 * not done. Undefined when all has been done.
 * @throws DdbrError `usage` when there are too many segments
 */
export async function ensureExecution(
  executions: Executions,
  run: RunnerRun,
  signal: AbortSignal,
): Promise<EnsuredExecution | undefined> {
  refuseTooMany(run.segments);
  const { number, execution } = await latestExecution(executions, run.name, signal);
  if (execution?.status === "SUCCEEDED") return undefined;
  if (execution !== undefined && isRunning(execution)) {
    return { name: execution.name, arn: execution.arn, given: undefined, failed: undefined };
  }
  const segments = await segmentsLeft(run, signal);
  if (segments.length === 0) return undefined;
  const { concurrency, toleratedFailurePercentage } = run;
  const state = run.place.location.text;
  const name = executionName(run.name, number + 1);
  await executions.start(name, { state, segments, concurrency, toleratedFailurePercentage }, signal);
  return { name, arn: executions.arnOf(name), given: segments.length, failed: execution };
}

/** The first is called as the run is, the second `<run>-2`. */
function executionName(run: string, number: number): string {
  return number === 1 ? run : `${run}-${number}`;
}

/** @returns also how many there were */
async function latestExecution(
  executions: Executions,
  run: string,
  signal: AbortSignal,
): Promise<{ number: number; execution: Execution | undefined }> {
  let execution: Execution | undefined;
  for (let number = 0; ; number++) {
    const next = await executions.find(executionName(run, number + 1), signal);
    if (next === undefined) return { number, execution };
    execution = next;
  }
}

async function segmentsLeft({ place, segments }: RunnerRun, signal: AbortSignal): Promise<number[]> {
  const all = Array.from({ length: segments }, (_, segment) => segment);
  const states = await new SegmentBook(place).look(all, signal);
  return states.filter(({ status }) => status !== "done").map(({ segment }) => segment);
}

function refuseTooMany(segments: number): void {
  if (segments <= MOST_OF_A_RUN) return;
  throw new DdbrError("usage", `${segments} segments are more than an execution can be given`, {
    hint: `give --segments, ${MOST_OF_A_RUN} at most: each is worked on for as long as it takes`,
  });
}
