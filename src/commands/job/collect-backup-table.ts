import type { BackupJobSettings } from "../../core/job/begin-backup.ts";
import { collectBackup } from "../../core/job/collect-backup.ts";
import { metricsOfTable, withMetrics } from "../transfer/metrics.ts";
import { showTransfer } from "../transfer/show-transfer.ts";
import type { Collecting } from "./run-collect.ts";

export function collectBackupTable({ title, request, mode, ...followed }: Collecting): Promise<number> {
  const metric = metricsOfTable(request.metric, (followed.job.settings as BackupJobSettings).request);
  return showTransfer({
    command: title,
    mode,
    run: (controls) =>
      withMetrics(metric, controls, ({ signal, report, gate }) => {
        gate?.lock();
        return collectBackup({ ...followed, signal }, report);
      }),
  });
}
