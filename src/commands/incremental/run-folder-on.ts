import { openFolderJob } from "../../core/job/folder-job.ts";
import type { StoreLocation } from "../../core/store/store-location.ts";
import { runComparisonOn } from "../job/run-comparison-on.ts";
import type { OnTerms } from "../options/on.ts";
import type { OutputMode } from "../output/mode.ts";
import type { IncrementalDiffRequest } from "./incremental-diff-request.ts";
import { folderJobRequest } from "./run-folder-worker.ts";

/** `ddbr incremental-diff --on`, its words understood and the folder found; returns the exit code. */
export function runFolderOn(
  request: IncrementalDiffRequest,
  folder: StoreLocation,
  terms: OnTerms,
  mode: OutputMode,
): Promise<number> {
  const wanted = folderJobRequest(request, folder);
  return runComparisonOn({
    command: "incremental-diff",
    terms,
    mode,
    reportFile: request.reportFile,
    request: wanted,
    open: (options) => openFolderJob(wanted, { ...options, concurrency: 1 }),
  });
}
