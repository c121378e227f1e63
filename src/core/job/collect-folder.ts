import { setTimeout as sleep } from "node:timers/promises";
import type { DiffEvent, DiffReport, DiffSummary } from "../diff/diff-events.ts";
import { type DiffTotals, NO_TOTALS } from "../diff/diff-totals.ts";
import { describeError } from "../errors.ts";
import type { JobRecord } from "../state/job-record.ts";
import { SegmentBook } from "../state/segment-book.ts";
import type { StatePlace } from "../state/state-place.ts";
import { collectDiff, type RestOfDiff } from "./collect-diff.ts";
import { openFolderRest } from "./folder-rest.ts";
import type { FollowedJob } from "./follow-job.ts";
import { JobWatch, type WatchedJob } from "./job-watch.ts";
import { workOnJob } from "./job-worker.ts";
import { WATCHED_DIFF } from "./watched-diff.ts";

const LEASE_MS = 30_000;
/** As what is done becomes visible by being saved. */
const CHECKPOINT_MS = 10_000;
const LOOK_EVERY_MS = 2_000;

const NOTHING: DiffEvent = { type: "added", totals: NO_TOTALS };

/** Told as it happens, but it is no segment of the table. */
const WATCHED_REST: WatchedJob<DiffTotals, DiffEvent> = {
  ...WATCHED_DIFF,
  began: () => NOTHING,
  done: () => NOTHING,
};

/**
 * Tells of a comparison with an incremental folder by many workers as if it were a run of its own. When all segments are done, what
 * the folder holds beyond them is looked into (and repaired, if the job is a repair), unless that has been done already.
 */
export function collectFolder(followed: FollowedJob, report: DiffReport): Promise<DiffSummary> {
  return collectDiff(followed, report, doRest);
}

/** Whether collecting will look into what the folder holds beyond the segments: these are done, and that is not. */
export async function restIsLeft(place: StatePlace, job: JobRecord, signal: AbortSignal): Promise<boolean> {
  const all = Array.from({ length: job.segments + 1 }, (_, segment) => segment);
  const states = await new SegmentBook(place).look(all, signal);
  const rest = states.pop()!;
  return rest.status !== "done" && states.every(({ status }) => status === "done");
}

async function doRest({ place, job, signal }: FollowedJob, report: DiffReport): Promise<RestOfDiff> {
  const watch = new JobWatch(place, [job.segments], WATCHED_REST, report);
  const states = await watch.look(signal);
  if (states[0]!.status === "done") return { totals: watch.totals, states, stopped: false };
  const ended = await workOnRest({ place, job, signal }, watch).catch((failure: unknown) => ({
    failure,
    stopped: signal.aborted,
  }));
  const [state] = await watch.look(NEVER);
  const done = { totals: watch.totals, states: [state!] };
  // By whomever, and however late somebody has asked to stop.
  if (state!.status === "done") return { ...done, stopped: false };
  const failure = ended.failure === undefined ? {} : { failure: describeError(ended.failure) };
  return { ...done, stopped: ended.stopped, ...failure };
}

const NEVER = new AbortController().signal;

/** Does it, or waits until another has done it. */
async function workOnRest(
  { place, job, signal }: FollowedJob,
  watch: { look(signal: AbortSignal): Promise<unknown> },
) {
  const rest = await openFolderRest(place, job, { checkpointMs: CHECKPOINT_MS, signal });
  const failed = new AbortController();
  const pause = AbortSignal.any([signal, failed.signal]);
  const terms = { place, segment: job.segments, concurrency: 1, leaseMs: LEASE_MS, pause };
  let isOver = false;
  const work = workOnJob(rest, terms, () => {}).finally(() => {
    isOver = true;
  });
  try {
    while (!isOver) {
      await Promise.race([work, sleep(LOOK_EVERY_MS, undefined, { ref: false })]);
      await watch.look(NEVER);
    }
  } finally {
    failed.abort();
    await work;
  }
  return await work;
}
