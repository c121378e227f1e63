import { NO_PLAN } from "../restore/plan-tally.ts";
import type { RestorePlan, RestoreReport, RestoreSummary } from "../restore/restore-events.ts";
import type { SegmentState } from "../state/segment-book.ts";
import { sumFigures } from "../sum-figures.ts";
import type { RestoreJobSettings } from "./begin-restore.ts";
import { writeCollectedUndo } from "./collected-undo.ts";
import { type FollowedJob, followJob } from "./follow-job.ts";
import { lastHeard, missingText } from "./how-far.ts";
import { JobWatch } from "./job-watch.ts";
import type { RestoreSegmentTotals } from "./restore-segment.ts";
import { WATCHED_RESTORE } from "./watched-restore.ts";
import { jobIdOf, outcomeOfShared, startOf } from "./work-on-restore.ts";

/**
 * Tells of a restore by many workers as if it were a run of its own, and ends with what they have come to all together.
 * @param undoFile a new file for what they have replaced, also by segments that are not done
 * @throws DdbrError `file` when it cannot be made
 */
export async function collectRestore(
  { place, job, signal, again }: FollowedJob,
  report: RestoreReport,
  undoFile?: string,
): Promise<RestoreSummary> {
  const { request } = job.settings as RestoreJobSettings;
  const { dryRun, create } = request;
  const { segments } = job;
  for (const event of startOf(job)) report(event);
  const watch = new JobWatch(place, segments, WATCHED_RESTORE, report);
  const { states, left } = await followJob(watch, { signal, again });
  const missing = states.filter(({ status }) => status !== "done").map(({ segment }) => segment);
  const { totals } = watch;
  const plan = planOf(states);
  const failed = missing.length > 0;
  const outcome = outcomeOfShared({ totals, dryRun, stopped: left, failed });
  const isWritten =
    undoFile !== undefined && (await writeCollectedUndo(undoFile, { place, job, plan, outcome, signal }));
  report({ type: "planned", plan, undoFile: isWritten ? undoFile : undefined });
  const summary: RestoreSummary = {
    jobId: jobIdOf(job),
    job: "restore-table",
    dryRun,
    outcome,
    plan,
    totals,
    elapsedMs: Math.max(0, lastHeard(states) - Date.parse(job.createdAt)),
    undoFile: isWritten ? undoFile : undefined,
    created: create && !dryRun,
    ...(failed && !left ? { failure: missingText(missing, segments) } : {}),
    shared: { done: segments - missing.length, of: segments, worker: false },
  };
  report({ type: "finished", summary });
  return summary;
}

/** What was decided up to where each segment is saved. */
function planOf(states: readonly SegmentState[]): RestorePlan {
  return states.reduce((sum, { newest }) => {
    const totals = newest?.record.totals as RestoreSegmentTotals | null | undefined;
    return totals ? sumFigures(sum, totals.plan) : sum;
  }, NO_PLAN);
}
