import type { DiffEvent, DiffReport, DiffSummary } from "../diff/diff-events.ts";
import { addToTotals, type DiffTotals, NO_TOTALS } from "../diff/diff-totals.ts";
import { estimateDiff } from "../diff/estimate.ts";
import { outcomeOf } from "../diff/run-diff.ts";
import { describeError } from "../errors.ts";
import { joinJob } from "../state/job-record.ts";
import type { ComparisonSettings } from "./diff-stretch.ts";
import { type WorkerOptions, workOnJob } from "./job-worker.ts";
import type { SegmentJob } from "./segment-job.ts";

export interface DiffWorker extends WorkerOptions {
  /** Opens the job. @param report hears what happens in its segments */
  open(report: DiffReport): Promise<SegmentJob>;
}

/**
 * Takes part in a comparison by many workers, and tells of what this one does. Resolves with its share also when it was stopped or failed.
 * @throws DdbrError when the tables cannot be opened, or the state is of another job
 */
export async function workOnDiff(options: DiffWorker, report: DiffReport): Promise<DiffSummary> {
  const { place, pause, segment } = options;
  const startedAt = performance.now();
  let totals: DiffTotals = NO_TOTALS;
  const tell = (event: DiffEvent) => {
    totals = addToTotals(totals, event);
    report(event);
  };
  const job = await options.open(tell);
  const { run } = await joinJob(place, job.wanted, pause);
  const { segments, settings } = job.wanted;
  const { request, primary, replica } = settings as ComparisonSettings;
  const { mode, dryRun } = request;
  const chosen = segment === undefined ? Array.from({ length: segments }, (_, number) => number) : [segment];
  const about = { jobId: run.slice(0, 8), mode, dryRun };
  const share = chosen.length / segments;
  const estimate = estimateDiff({ primary, replica }, { ...request, share });
  tell({ type: "started", ...about, primary, replica, segments, chosen, estimate });
  const { done, failure, stopped } = await workOnJob(job, options, tell);
  const summary: DiffSummary = {
    ...about,
    labels: { primary: primary.label, replica: replica.label },
    outcome: stopped ? "interrupted" : outcomeOf(totals, failure !== undefined),
    totals,
    segments: done,
    ofSegments: segments,
    elapsedMs: Math.round(performance.now() - startedAt),
    unconfirmed: 0,
    worker: true,
    ...(failure === undefined ? {} : { failure: describeError(failure) }),
  };
  tell({ type: "finished", summary });
  return summary;
}
