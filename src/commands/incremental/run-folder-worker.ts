import { type FolderJobRequest, openFolderJob } from "../../core/job/folder-job.ts";
import type { StoreLocation } from "../../core/store/store-location.ts";
import { showDiffWorker } from "../diff/show-diff-worker.ts";
import type { JobTerms } from "../options/job.ts";
import type { OutputMode } from "../output/mode.ts";
import type { IncrementalDiffRequest } from "./incremental-diff-request.ts";

/** `ddbr incremental-diff --state`, its words understood and the folder found; returns the exit code. */
export function runFolderWorker(
  request: IncrementalDiffRequest,
  folder: StoreLocation,
  terms: JobTerms,
  mode: OutputMode,
): Promise<number> {
  const { segment, concurrency } = request;
  const wanted = folderJobRequest(request, folder);
  return showDiffWorker({
    command: "incremental-diff",
    terms,
    mode,
    segment,
    concurrency,
    open: (options) => openFolderJob(wanted, { ...options, concurrency }),
    collecting: "looks into what the folder holds beyond the table, and tells what all workers have come to",
  });
}

/** What the job's other workers are told of the request. */
export function folderJobRequest(
  { table, tableOptions, cost, storeOptions, ...request }: IncrementalDiffRequest,
  folder: StoreLocation,
): FolderJobRequest {
  const { access = {}, consistent = false, maxReadUnits, patienceMs } = tableOptions;
  const { mode, dryRun, ignore, settleMs, segments, reads } = request;
  return {
    table,
    tableOptions: { access, consistent, maxReadUnits, patienceMs },
    cost,
    folder,
    storeOptions,
    mode,
    dryRun,
    consistent,
    ignore,
    settleMs,
    segments,
    reads,
  };
}
