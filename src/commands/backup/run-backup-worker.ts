import { workOnBackup } from "../../core/job/work-on-backup.ts";
import { openStatePlace } from "../../core/state/state-place.ts";
import type { TransferSummary } from "../../core/transfer/transfer-events.ts";
import { tellCollect } from "../job/tell-collect.ts";
import type { JobTerms } from "../options/job.ts";
import type { OutputMode } from "../output/mode.ts";
import { showTransfer } from "../transfer/show-transfer.ts";
import type { BackupRequest } from "./backup-request.ts";

/** `ddbr backup-table --state`, its words understood; returns the exit code. */
export async function runBackupWorker(
  request: BackupRequest,
  terms: JobTerms,
  mode: OutputMode,
): Promise<number> {
  const place = await openStatePlace(terms.place, terms.storeOptions);
  try {
    const { segment, concurrency } = request;
    let summary: TransferSummary | undefined;
    const exitCode = await showTransfer({
      command: "backup-table",
      mode,
      async run({ signal: pause, gate, report }) {
        const worker = { ...terms, place, request, segment, concurrency, gate, pause };
        summary = await workOnBackup(worker, report);
        return summary;
      },
    });
    if (summary !== undefined) tellCollect("backup-table", summary, { place: terms.place, segment }, mode);
    return exitCode;
  } finally {
    place.close();
  }
}
