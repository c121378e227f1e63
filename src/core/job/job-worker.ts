import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { DdbrError } from "../errors.ts";
import type { LeaseTerms } from "../state/lease-terms.ts";
import { SegmentBook } from "../state/segment-book.ts";
import type { StatePlace } from "../state/state-place.ts";
import { workOnSegments } from "../state/worker.ts";
import { joinJobPacing } from "./job-pacing.ts";
import type { SegmentJob } from "./segment-job.ts";

/** How this process takes part in a job. */
export interface WorkerOptions {
  place: StatePlace;
  /** Only this segment (an array job). */
  segment: number | undefined;
  /** Segments at the same time. */
  concurrency: number;
  /** See LeaseTerms. */
  leaseMs: number;
  /** Stops taking part: what is under way is saved and given back. */
  pause: AbortSignal;
}

/** What a worker came to. */
export interface WorkerOutcome {
  /** Segments that it has done. */
  done: number;
  failure?: unknown;
  /** It has been stopped, also by a budget that is spent. */
  stopped: boolean;
}

/** What is told of the segments that this worker takes. */
export type TakenEvent = { type: "segment-started" | "segment-done"; segment: number };

/** Who does a segment, for people. */
export function workerName(): string {
  return `${hostname()}:${process.pid}`;
}

/** Takes part in a job, until all its segments are done, by whomever. @throws DdbrError as joinJob */
export async function workOnJob(
  job: SegmentJob,
  { place, pause, ...options }: WorkerOptions,
  report: (event: TakenEvent) => void,
): Promise<WorkerOutcome> {
  let done = 0;
  const worker = workerName();
  try {
    // On some machines two may be called the same.
    const unique = `${worker}-${randomBytes(4).toString("hex")}`;
    await using pacing = await joinJobPacing({ place, worker: unique, ...job.limits });
    await workOnSegments(
      place,
      {
        ...options,
        segments: job.wanted.segments,
        worker,
        signal: new AbortController().signal,
        pause: AbortSignal.any([pause, pacing.spent]),
        report(event) {
          if (event.type === "segment-done") done++;
          if (event.type !== "segment-done" && event.type !== "segment-started") return;
          report({ type: event.type, segment: event.segment });
        },
      } satisfies LeaseTerms & Parameters<typeof workOnSegments>[1],
      (lease, controls) => job.work(lease, { ...controls, pacing }),
    );
    // What is done is done, whatever is left of the budget.
    if (pacing.spent.aborted && !(await isDone(job, place, options))) throw pacing.spent.reason;
    return { done, stopped: pause.aborted };
  } catch (failure) {
    return { done, failure, stopped: pause.aborted || isStop(failure) };
  }
}

async function isDone(
  { wanted: { segments } }: SegmentJob,
  place: StatePlace,
  { segment }: Pick<WorkerOptions, "segment">,
): Promise<boolean> {
  const chosen = segment === undefined ? Array.from({ length: segments }, (_, number) => number) : [segment];
  const states = await new SegmentBook(place).look(chosen);
  return states.every(({ status }) => status === "done");
}

function isStop(failure: unknown): boolean {
  return failure instanceof DdbrError && failure.code === "interrupted";
}
