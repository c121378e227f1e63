import type { DiffReport, DiffSummary } from "../diff/diff-events.ts";
import type { DiffTotals } from "../diff/diff-totals.ts";
import { estimateDiff } from "../diff/estimate.ts";
import { outcomeOf } from "../diff/run-diff.ts";
import type { SegmentState } from "../state/segment-book.ts";
import { sumFigures } from "../sum-figures.ts";
import type { ComparisonSettings } from "./diff-stretch.ts";
import { type FollowedJob, followJob } from "./follow-job.ts";
import { lastHeard, missingText } from "./how-far.ts";
import { JobWatch } from "./job-watch.ts";
import { WATCHED_DIFF } from "./watched-diff.ts";

/** What a comparison comes to beside its segments. */
export interface RestOfDiff {
  totals: DiffTotals;
  states: SegmentState[];
  stopped: boolean;
  /** Why it could not be done; one line. */
  failure?: string;
}

/**
 * Tells of a comparison by many workers as if it were a run of its own, and ends with what they have found all together.
 * @param doRest does, and tells, what there is to do when all segments are done
 */
export async function collectDiff(
  followed: FollowedJob,
  report: DiffReport,
  doRest?: (followed: FollowedJob, report: DiffReport) => Promise<RestOfDiff>,
): Promise<DiffSummary> {
  const { place, job, signal, again } = followed;
  const { request, primary, replica } = job.settings as ComparisonSettings;
  const { mode, dryRun } = request;
  const { segments } = job;
  const jobId = job.run.slice(0, 8);
  report({
    type: "started",
    jobId,
    mode,
    dryRun,
    primary,
    replica,
    segments,
    chosen: Array.from({ length: segments }, (_, segment) => segment),
    estimate: estimateDiff({ primary, replica }, { ...request, share: 1 }),
  });
  const watch = new JobWatch(place, segments, WATCHED_DIFF, report);
  const { states, left } = await followJob(watch, { signal, again });
  const missing = states.filter(({ status }) => status !== "done").map(({ segment }) => segment);
  const rest = left || missing.length > 0 ? undefined : await doRest?.(followed, report);
  const totals = rest === undefined ? watch.totals : sumFigures(watch.totals, rest.totals);
  const stopped = left || rest?.stopped === true;
  const failure = missing.length > 0 ? missingText(missing, segments) : rest?.failure;
  const heard = lastHeard([...states, ...(rest?.states ?? [])]);
  const summary: DiffSummary = {
    jobId,
    mode,
    dryRun,
    labels: { primary: primary.label, replica: replica.label },
    outcome: stopped ? "interrupted" : outcomeOf(totals, failure !== undefined),
    totals,
    segments,
    ofSegments: segments,
    elapsedMs: Math.max(0, heard - Date.parse(job.createdAt)),
    unconfirmed: 0,
    ...(stopped || failure === undefined ? {} : { failure }),
  };
  report({ type: "finished", summary });
  return summary;
}
