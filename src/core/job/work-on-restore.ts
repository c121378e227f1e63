import { describeError } from "../errors.ts";
import { PauseGate } from "../pause-gate.ts";
import type {
  RestoreEvent,
  RestoreReport,
  RestoreSummary,
  SharedRestore,
} from "../restore/restore-events.ts";
import { addRestore, NO_RESTORE, type RestoreTotals } from "../restore/restore-totals.ts";
import type { JobRecord } from "../state/job-record.ts";
import {
  type BeginOptions,
  beginRestore,
  type RestoreJobRequest,
  type RestoreJobSettings,
} from "./begin-restore.ts";
import { type WorkerOptions, workOnJob } from "./job-worker.ts";
import { openRestoreJob } from "./restore-job.ts";

export interface RestoreWorker extends WorkerOptions, Pick<BeginOptions, "planTable" | "waiting"> {
  request: RestoreJobRequest;
  checkpointMs: number;
  gate?: PauseGate | undefined;
}

/**
 * Takes part in a restore by many workers, and tells of what this one does. Resolves with its share also when it was stopped or failed.
 * @throws DdbrError as beginRestore
 */
export async function workOnRestore(options: RestoreWorker, report: RestoreReport): Promise<RestoreSummary> {
  const { place, request, pause, checkpointMs, planTable, waiting, gate = new PauseGate() } = options;
  const startedAt = performance.now();
  let totals = NO_RESTORE;
  const tell = (event: RestoreEvent) => {
    totals = addRestore(totals, event);
    report(event);
  };
  const job = await beginRestore(place, request, { planTable, ...(waiting && { waiting }), signal: pause });
  for (const event of startOf(job)) tell(event);
  const work = openRestoreJob(job, { request, checkpointMs, gate, report: tell });
  const { done, failure, stopped } = await workOnJob(work, options, tell);
  const { dryRun } = request;
  const summary: RestoreSummary = {
    jobId: jobIdOf(job),
    job: "restore-table",
    dryRun,
    outcome: outcomeOfShared({ totals, dryRun, stopped, failed: failure !== undefined }),
    plan: undefined,
    totals,
    elapsedMs: Math.round(performance.now() - startedAt),
    undoFile: undefined,
    created: request.create && !dryRun,
    ...(failure === undefined ? {} : { failure: describeError(failure) }),
    shared: { done, of: job.segments, worker: true } satisfies SharedRestore,
  };
  tell({ type: "finished", summary });
  return summary;
}

export function jobIdOf({ run }: JobRecord): string {
  return run.slice(0, 8);
}

/** What is told first of such a restore, by a worker and by whoever collects. */
export function startOf(job: JobRecord): RestoreEvent[] {
  const { request, source, lacks, table } = job.settings as RestoreJobSettings;
  const { dryRun, at, mode } = request;
  return [
    {
      type: "started",
      jobId: jobIdOf(job),
      job: "restore-table",
      dryRun,
      source: source.name,
      at,
      mode,
      table,
      sourceItems: source.items,
      segments: job.segments,
    },
    ...(lacks === undefined ? [] : [{ type: "warning" as const, message: lacks }]),
    { type: "phase", phase: "sharing" },
  ];
}

export function outcomeOfShared({
  totals: { undone, raced, discrepancies },
  dryRun,
  stopped,
  failed,
}: {
  totals: RestoreTotals;
  dryRun: boolean;
  stopped: boolean;
  failed: boolean;
}): RestoreSummary["outcome"] {
  if (stopped) return "interrupted";
  if (failed || undone > 0) return "incomplete";
  if (dryRun) return "planned";
  return raced + discrepancies > 0 ? "discrepancies" : "restored";
}
