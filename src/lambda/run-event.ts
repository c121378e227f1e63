import { REFUSED } from "../core/deploy/template/runner-machine.ts";
import { DdbrError, describeError, type ErrorCode } from "../core/errors.ts";
import { type JobRecord, readJob } from "../core/state/job-record.ts";
import type { StatePlace } from "../core/state/state-place.ts";
import { parseStoreLocation, type StoreLocation } from "../core/store/store-location.ts";
import type { Telemetry } from "./telemetry.ts";

const HINT = 'the event is {"state": "s3://bucket/prefix", "segment": 0}';

/** Where the run has its state, as the runner's state machine tells its functions. @throws DdbrError `usage`, `location` */
export function readState(event: unknown): StoreLocation {
  const { state } = (event ?? {}) as { state?: unknown };
  if (typeof state === "string") return parseStoreLocation(state);
  throw new DdbrError("usage", "the event names no state", { hint: HINT });
}

/** @throws DdbrError `usage` */
export function readSegment(event: unknown): number {
  const { segment } = (event ?? {}) as { segment?: unknown };
  if (typeof segment === "number" && Number.isSafeInteger(segment) && segment >= 0) return segment;
  throw new DdbrError("usage", "the event names no segment", { hint: HINT });
}

/** What a line of the log tells of an event, whatever it is. */
export function namesOf(event: unknown): { state?: unknown; segment?: unknown } {
  const { state, segment } = (event ?? {}) as { state?: unknown; segment?: unknown };
  return { state, ...(segment !== undefined && { segment }) };
}

/** @throws DdbrError `no-such-object` where none has begun; as readJob */
export async function readRun(place: StatePlace, signal: AbortSignal): Promise<JobRecord> {
  const job = await readJob(place, signal);
  if (job !== undefined) return job;
  throw new DdbrError("no-such-object", "no run has begun there", {
    subject: place.location.text,
    hint: "begin it with the command that does the work, and --state",
  });
}

/** A segment that has not got on at all. */
export const NOTHING_SAVED = new DdbrError(
  "interrupted",
  "nothing was done and saved before the function's time-out",
  { hint: "give it more time and memory" },
);

/** May be over when the function is called again. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  "connection",
  "service",
  "throttled",
  "condition-failed",
  "credentials",
  "table-state",
]);

/** Other interruptions don't pass: a budget that is spent stays so. */
export function isPassing(error: unknown): boolean {
  return error === NOTHING_SAVED || (error instanceof DdbrError && PASSING.has(error.code));
}

/** Tells of a call that failed, and makes of the reason what Lambda shows: one line, and whether it is worth calling again. */
export function failRun(
  { logger }: Telemetry,
  message: "segment failed" | "collect failed",
  about: Record<string, unknown>,
  error: unknown,
): Error {
  const problem = describeError(error);
  logger.error(message, { ...about, problem });
  const failure = new Error(problem, { cause: error });
  if (error instanceof DdbrError && !isPassing(error)) failure.name = REFUSED;
  return failure;
}
