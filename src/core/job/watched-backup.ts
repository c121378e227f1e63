import type { TransferEvent, TransferTotals } from "../transfer/transfer-events.ts";
import { addTransfer, NO_TRANSFER } from "../transfer/transfer-totals.ts";
import type { BackupTotals } from "./backup-job.ts";
import type { WatchedJob } from "./job-watch.ts";

/** Backups: a record's totals are BackupTotals; its parts, which are fingerprints, tell of nothing that happens. */
export const WATCHED_BACKUP: WatchedJob<TransferTotals, TransferEvent> = {
  none: NO_TRANSFER,
  totalsOf: ({ totals }) => (totals as BackupTotals).transfer,
  tells: () => false,
  eventsOf: () => [],
  add: addTransfer,
  added: (totals) => ({ type: "added", totals }),
  began: (segment) => ({ type: "segment-started", segment }),
  done: (segment) => ({ type: "segment-done", segment }),
};
