import { dumpStretch } from "../backup/dump-stretch.ts";
import type { BackupFile } from "../backup/manifest.ts";
import type { WireKey } from "../item/attribute-value.ts";
import { tableLimits } from "../pacing/run-pacing.ts";
import { PauseGate } from "../pause-gate.ts";
import type { JobRecord } from "../state/job-record.ts";
import { sumFigures } from "../sum-figures.ts";
import { observerOf, sumInFlight } from "../transfer/run-transfer.ts";
import type { TransferEvent, TransferReport, TransferTotals } from "../transfer/transfer-events.ts";
import { addTransfer, NO_TRANSFER } from "../transfer/transfer-totals.ts";
import { type BackupJobRequest, type BackupJobSettings, jobIdOf, openEnds } from "./begin-backup.ts";
import type { OpenJobOptions } from "./open-job.ts";
import type { SegmentJob } from "./segment-job.ts";
import { type StretchOptions, workInStretches } from "./stretches.ts";
import { refuseOtherTable } from "./which-table.ts";

/** What a segment's record holds as its totals; its parts are the fingerprints of its files, one each. */
export interface BackupTotals {
  transfer: TransferTotals;
  /** In the order of the scan. */
  files: readonly BackupFile[];
}

/** Where a segment's scan goes on. */
interface BackupCheckpoint {
  after?: WireKey;
}

export interface BackupJobOptions extends Pick<StretchOptions<unknown, unknown>, "checkpointMs"> {
  /** As this worker reaches table and store. */
  request: BackupJobRequest;
  gate: PauseGate;
  /** Hears what happens in the segments, but neither when they begin nor when they are done. */
  report: TransferReport;
}

const SEGMENT_START: { checkpoint: BackupCheckpoint; totals: BackupTotals } = {
  checkpoint: {},
  totals: { transfer: NO_TRANSFER, files: [] },
};

/** Work on a backup that has begun: each stretch of a segment is a file, whole in itself. */
export function openBackupJob(
  job: JobRecord,
  { request, checkpointMs, gate, report: tell }: BackupJobOptions,
): SegmentJob {
  const { kind } = job.settings as BackupJobSettings;
  const { arn, createdAt } = kind.table;
  const jobId = jobIdOf(job);
  const inFlight = sumInFlight(tell);
  return {
    wanted: job,
    limits: tableLimits(request),

    async work(lease, controls) {
      const { segment } = lease;
      const { epoch } = lease.record;
      const { signal } = controls;
      // Each segment has its own, so that its requests are counted by themselves.
      const ends = await openEnds(request, signal, controls.pacing.paces("table"));
      try {
        refuseOtherTable(ends.table, { arn, createdAt });
        let transfer = NO_TRANSFER;
        const report = (event: TransferEvent) => {
          transfer = addTransfer(transfer, event);
          tell(event);
        };
        ends.table.observe(observerOf("source", report));
        ends.store.observe(observerOf("destination", report));
        const start = { first: SEGMENT_START, checkpointMs };
        return await workInStretches(lease, controls, start, async (from, enough) => {
          transfer = NO_TRANSFER;
          const { files } = from.totals;
          const { after } = from.checkpoint;
          const { file, fingerprint, last } = await dumpStretch(
            { ...ends, job: jobId, segment, kind, epoch, number: files.length + 1, after, enough },
            { gate, signal, report, inFlight },
          );
          const part = await lease.putPart("fingerprint.json", Buffer.from(JSON.stringify(fingerprint)));
          const isDone = last === undefined;
          const sum = sumFigures(from.totals.transfer, transfer);
          return {
            isDone,
            checkpoint: isDone ? {} : { after: last },
            totals: { transfer: { ...sum, segmentsDone: isDone ? 1 : 0 }, files: [...files, file] },
            parts: [...from.parts, part],
          };
        });
      } finally {
        ends.table.close();
        ends.store.close();
      }
    },
  };
}

/** Opens it as whoever has begun it asked for it. */
export async function reopenBackupJob(job: JobRecord, { checkpointMs }: OpenJobOptions): Promise<SegmentJob> {
  const { request } = job.settings as BackupJobSettings;
  return openBackupJob(job, { request, checkpointMs, gate: new PauseGate(), report: () => {} });
}
