import type { Context } from "aws-lambda";
import { DdbrError } from "../core/errors.ts";
import type { FollowedJob } from "../core/job/follow-job.ts";
import { missingText } from "../core/job/how-far.ts";
import { openStatePlace } from "../core/state/state-place.ts";
import { storeOptions } from "./bucket.ts";
import { beforeTimeout } from "./deadline.ts";
import type * as variables from "./environment.ts";
import { failRun, namesOf, readRun, readState } from "./run-event.ts";
import { begin, openTelemetry } from "./telemetry.ts";

/** What the segments of a run came to, all together. */
export interface CollectAnswer {
  command: string;
  /** The run's id. */
  run: string;
  segments: number;
  /** As of the command's summary; `incomplete` when segments are missing. */
  outcome: string;
  /** Why it is incomplete; empty when it isn't. */
  problem: string;
  /** Segments that are not done; the first of them, if they are many. */
  missing: number[];
  missingCount: number;
  totals: object;
  elapsedMs: number;
}

interface Collected {
  outcome: string;
  failure?: string;
  totals: object;
  elapsedMs: number;
}

/** An answer has 256 KiB at most. */
const MOST_MISSING_TOLD = 1000;

/** By the job's command. @param done told of each segment that is */
const KINDS: Readonly<
  Record<string, (job: FollowedJob, done: (segment: number) => void) => Promise<Collected>>
> = {
  async "backup-table"(job, done) {
    const { collectBackup } = await import("../core/job/collect-backup.ts");
    return collectBackup(job, (event) => {
      if (event.type === "segment-done") done(event.segment);
    });
  },
  async "diff-tables"(job, done) {
    const { collectDiff } = await import("../core/job/collect-diff.ts");
    return collectDiff(job, (event) => {
      if (event.type === "segment-done") done(event.segment);
    });
  },
  async "incremental-diff"(job, done) {
    const { collectFolder } = await import("../core/job/collect-folder.ts");
    return collectFolder(job, (event) => {
      if (event.type === "segment-done") done(event.segment);
    });
  },
  async "restore-table"(job, done) {
    const { collectRestore } = await import("../core/job/collect-restore.ts");
    return collectRestore(job, (event) => {
      if (event.type === "segment-done") done(event.segment);
    });
  },
};

/**
 * Collects what the segments of a run came to. The event is `{state}`.
 * @throws DdbrError `usage` that names the variable which is wrong
 */
export function createCollect(
  env: variables.Environment,
): (event: unknown, context: Context) => Promise<CollectAnswer> {
  const options = storeOptions(env, "State");
  const telemetry = openTelemetry("collect");

  return async (event, context) => {
    begin(telemetry, context);
    const signal = beforeTimeout(context);
    const told = namesOf(event);
    try {
      const place = await openStatePlace(readState(event), { ...options, signal });
      try {
        const job = await readRun(place, signal);
        const answer = await collect({ place, job, signal });
        const { command, run, outcome, problem, missingCount, elapsedMs } = answer;
        telemetry.logger.info("collect", {
          ...told,
          command,
          run,
          outcome,
          problem,
          missingCount,
          elapsedMs,
        });
        return answer;
      } finally {
        place.close();
      }
    } catch (error) {
      throw failRun(telemetry, "collect failed", told, error === signal.reason ? OUT_OF_TIME : error);
    }
  };
}

async function collect(followed: FollowedJob): Promise<CollectAnswer> {
  const { command, run, segments } = followed.job;
  const kind = Object.hasOwn(KINDS, command) ? KINDS[command] : undefined;
  if (kind === undefined) throw unknownCommand(command);
  const done = new Set<number>();
  const { outcome, failure, totals, elapsedMs } = await kind(followed, (segment) => done.add(segment));
  const missing = Array.from({ length: segments }, (_, segment) => segment).filter(
    (segment) => !done.has(segment),
  );
  return {
    command,
    run,
    segments,
    outcome: missing.length > 0 ? "incomplete" : outcome,
    problem: missing.length > 0 ? missingText(missing, segments) : (failure ?? problemOf(outcome)),
    missing: missing.slice(0, MOST_MISSING_TOLD),
    missingCount: missing.length,
    totals,
    elapsedMs,
  };
}

function problemOf(outcome: string): string {
  return outcome === "incomplete" ? "something could not be done: ddbr collect tells what" : "";
}

function unknownCommand(command: string): DdbrError {
  return new DdbrError("damaged", `the run is of ${JSON.stringify(command)}, which is not known here`, {
    hint: "it may be of a later version of ddbr: deploy the runner anew",
  });
}

const OUT_OF_TIME = new DdbrError("interrupted", "not done before the function's time-out", {
  hint: "give it more time and memory, or use ddbr collect",
});
