import { planBackup } from "../backup/backup-plan.ts";
import { describeError } from "../errors.ts";
import type { TransferReport, TransferSummary } from "../transfer/transfer-events.ts";
import { type BackupJobSettings, jobIdOf } from "./begin-backup.ts";
import { concludeBackup } from "./conclude-backup.ts";
import { type FollowedJob, followJob } from "./follow-job.ts";
import { lastHeard, missingText } from "./how-far.ts";
import { JobWatch } from "./job-watch.ts";
import { WATCHED_BACKUP } from "./watched-backup.ts";

/**
 * Tells of a backup by many workers as if it were a run of its own. When all segments are done the manifest is written, unless it
 * is there already.
 */
export async function collectBackup(
  { place, job, signal, again }: FollowedJob,
  report: TransferReport,
): Promise<TransferSummary> {
  const { request, source } = job.settings as BackupJobSettings;
  const { segments } = job;
  const { wrote, ...plan } = planBackup({
    source,
    destination: request.place.text,
    jobId: jobIdOf(job),
    segments,
    chosen: Array.from({ length: segments }, (_, segment) => segment),
    kept: 0,
    consistent: request.tableOptions.consistent ?? false,
  });
  report({ type: "started", ...plan });
  const watch = new JobWatch(place, segments, WATCHED_BACKUP, report);
  const { states, left } = await followJob(watch, { signal, again });
  const missing = states.filter(({ status }) => status !== "done").map(({ segment }) => segment);
  let failure = missing.length > 0 ? missingText(missing, segments) : undefined;
  if (!left && failure === undefined) {
    const records = states.map(({ newest }) => newest!.record);
    await concludeBackup({ place, job, records, signal }).catch((error) => {
      failure = describeError(error);
    });
  }
  const stopped = left || signal.aborted;
  const summary: TransferSummary = {
    job: plan.job,
    jobId: plan.jobId,
    outcome: stopped ? "interrupted" : failure === undefined ? "complete" : "incomplete",
    totals: watch.totals,
    segments,
    ofSegments: segments,
    elapsedMs: Math.max(0, lastHeard(states) - Date.parse(job.createdAt)),
    wrote,
    collected: true,
    ...(failure === undefined || stopped ? {} : { failure }),
  };
  report({ type: "finished", summary });
  return summary;
}
