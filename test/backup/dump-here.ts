import { type BackupOptions, backupTable } from "../../src/core/backup/backup-table.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { openTable } from "../../src/core/table/table.ts";
import type { TransferSummary } from "../../src/core/transfer/transfer-events.ts";

export const SEGMENTS = 3;

/** Dumps a table as the job `j` in this very process, for what has to happen at one moment: --resume, unless told otherwise. */
export async function dumpHere(
  location: string,
  store: ObjectStore,
  options: Partial<BackupOptions> = {},
): Promise<TransferSummary> {
  const table = await openTable(parseTableLocation(location));
  try {
    return await backupTable({
      ...{ table, store, jobId: "j", segments: SEGMENTS, chosen: [0, 1, 2], concurrency: 1 },
      ...{ compression: "gzip", contents: "items", existing: "resume", consistent: false },
      ...{ signal: new AbortController().signal, report: () => {} },
      ...options,
    });
  } finally {
    table.close();
  }
}
