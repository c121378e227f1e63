import type { DiffReport, DiffSummary } from "../../core/diff/diff-events.ts";
import { createReportFile } from "../../core/diff/report-file.ts";
import type { FollowedJob } from "../../core/job/follow-job.ts";
import { exitCodeFor, showDiff } from "../diff/show-diff.ts";
import type { Collecting } from "./run-collect.ts";

/** Collects a comparison of any kind and shows it; returns the exit code. */
export async function collectComparison(
  collecting: Collecting,
  collect: (followed: FollowedJob, report: DiffReport) => Promise<DiffSummary>,
): Promise<number> {
  const { title, request, mode, ...followed } = collecting;
  const { reportFile: path } = request;
  const reportFile = path === undefined ? undefined : createReportFile(path);
  try {
    const summary = await showDiff({
      command: title,
      mode,
      run({ signal, report, gate }) {
        gate.lock();
        return collect({ ...followed, signal }, report);
      },
      listener: reportFile?.report,
    });
    return exitCodeFor(summary);
  } finally {
    reportFile?.close();
  }
}
