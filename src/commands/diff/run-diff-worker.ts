import { openDiffJob } from "../../core/job/diff-job.ts";
import type { JobTerms } from "../options/job.ts";
import type { OutputMode } from "../output/mode.ts";
import type { DiffRequest } from "./diff-request.ts";
import { showDiffWorker } from "./show-diff-worker.ts";

/** `ddbr diff-tables --state`, its words understood; returns the exit code. */
export function runDiffWorker(request: DiffRequest, terms: JobTerms, mode: OutputMode): Promise<number> {
  const { segment, concurrency } = request;
  return showDiffWorker({
    command: "diff-tables",
    terms,
    mode,
    segment,
    concurrency,
    open: (options) => openDiffJob(request, options),
  });
}
