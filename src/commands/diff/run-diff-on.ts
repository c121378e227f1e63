import { openDiffJob } from "../../core/job/diff-job.ts";
import { runComparisonOn } from "../job/run-comparison-on.ts";
import type { OnTerms } from "../options/on.ts";
import type { OutputMode } from "../output/mode.ts";
import type { DiffRequest } from "./diff-request.ts";

/** `ddbr diff-tables --on`, its words understood; returns the exit code. */
export function runDiffOn(request: DiffRequest, terms: OnTerms, mode: OutputMode): Promise<number> {
  // What concerns this machine alone is not for the functions.
  const { on: _on, job: _job, reportFile, undoFile: _undoFile, ...wanted } = request;
  return runComparisonOn({
    command: "diff-tables",
    terms,
    mode,
    reportFile,
    request: wanted,
    open: (options) => openDiffJob(wanted, options),
  });
}
