import { planBackup } from "../backup/backup-plan.ts";
import { describeError } from "../errors.ts";
import { PauseGate } from "../pause-gate.ts";
import type { TransferEvent, TransferReport, TransferSummary } from "../transfer/transfer-events.ts";
import { addTransfer, NO_TRANSFER } from "../transfer/transfer-totals.ts";
import { openBackupJob } from "./backup-job.ts";
import { type BackupJobRequest, type BackupJobSettings, beginBackup, jobIdOf } from "./begin-backup.ts";
import { type WorkerOptions, workOnJob } from "./job-worker.ts";

export interface BackupWorker extends WorkerOptions {
  request: BackupJobRequest;
  checkpointMs: number;
  gate?: PauseGate | undefined;
}

/**
 * Takes part in a backup by many workers, and tells of what this one does. Resolves with its share also when it was stopped or failed.
 * @throws DdbrError as beginBackup
 */
export async function workOnBackup(options: BackupWorker, report: TransferReport): Promise<TransferSummary> {
  const { place, request, pause, segment, checkpointMs, gate = new PauseGate() } = options;
  const startedAt = performance.now();
  let totals = NO_TRANSFER;
  const tell = (event: TransferEvent) => {
    totals = addTransfer(totals, event);
    report(event);
  };
  const job = await beginBackup(place, request, pause);
  const { segments } = job;
  const { wrote, ...plan } = planBackup({
    source: (job.settings as BackupJobSettings).source,
    destination: request.place.text,
    jobId: jobIdOf(job),
    segments,
    chosen: segment === undefined ? Array.from({ length: segments }, (_, number) => number) : [segment],
    kept: 0,
    consistent: request.tableOptions.consistent ?? false,
  });
  tell({ type: "started", ...plan });
  const work = openBackupJob(job, { request, checkpointMs, gate, report: tell });
  const { done, failure, stopped } = await workOnJob(work, options, tell);
  const summary: TransferSummary = {
    job: plan.job,
    jobId: plan.jobId,
    outcome: stopped ? "interrupted" : failure === undefined ? "complete" : "incomplete",
    totals,
    segments: done,
    ofSegments: segments,
    elapsedMs: Math.round(performance.now() - startedAt),
    wrote,
    worker: true,
    ...(failure === undefined ? {} : { failure: describeError(failure) }),
  };
  tell({ type: "finished", summary });
  return summary;
}
