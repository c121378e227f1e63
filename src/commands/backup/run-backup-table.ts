import { randomBytes } from "node:crypto";
import { backupTable } from "../../core/backup/backup-table.ts";
import { segmentsBegun } from "../../core/backup/job-folder.ts";
import { segmentsForSize } from "../../core/segments.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import { openStore } from "../../core/store/open-store.ts";
import type { Table } from "../../core/table/table.ts";
import { openRequestedTable, paceTableAlone, withPacing } from "../options/table-request.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { countFailure, metricsOfTable, withMetrics } from "../transfer/metrics.ts";
import { showTransfer } from "../transfer/show-transfer.ts";
import type { BackupRequest } from "./backup-request.ts";
import { runBackupWorker } from "./run-backup-worker.ts";

/** `ddbr backup-table`, its words understood; returns the exit code. */
export async function runBackupTable(request: BackupRequest, mode: OutputMode): Promise<number> {
  if (request.job !== undefined) return await runBackupWorker(request, request.job, mode);
  if (request.on !== undefined) {
    const { runBackupOn } = await import("./run-backup-on.ts");
    return await runBackupOn(request, request.on, mode);
  }
  const metric = metricsOfTable(request.metric, request);
  const jobId = request.jobId ?? randomBytes(8).toString("hex");
  const pacing = paceTableAlone(request);
  const { table, store, segments } = await stoppable((signal) =>
    // Who watches the errors has to hear of a table or bucket that is gone as well.
    openEnds(withPacing(request, pacing), signal).catch(async (error) => {
      await countFailure(metric, signal);
      throw error;
    }),
  );
  const chosen =
    request.segment === undefined
      ? Array.from({ length: segments }, (_, segment) => segment)
      : [request.segment];
  try {
    const exitCode = await showTransfer({
      command: "backup-table",
      mode,
      run: (controls) =>
        withMetrics(metric, controls, (told) =>
          backupTable({
            ...request,
            ...told,
            jobId,
            signal: AbortSignal.any([told.signal, pacing.spent]),
            consistent: request.tableOptions.consistent ?? false,
            table,
            store,
            segments,
            chosen,
          }),
        ),
    });
    if (pacing.spent.aborted) await stoppable((signal) => countFailure(metric, signal));
    pacing.spent.throwIfAborted();
    return exitCode;
  } finally {
    table.close();
    store.close();
  }
}

async function openEnds(
  request: BackupRequest,
  signal: AbortSignal,
): Promise<{ table: Table; store: ObjectStore; segments: number }> {
  const table = await openRequestedTable(request, signal);
  const store = await openStore(request.place, request.storeOptions, signal);
  const segments = request.segments ?? (await segmentsToDo(request, table, store, signal));
  return { table, store, segments };
}

/** What is gone on with keeps its segments, though the table's size is another by now. */
async function segmentsToDo(
  { existing, jobId }: BackupRequest,
  table: Table,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<number> {
  const begun =
    existing === "resume" && jobId !== undefined ? await segmentsBegun(store, jobId, signal) : undefined;
  return begun ?? segmentsForSize(table.description.bytes);
}
