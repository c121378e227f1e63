import { DdbrError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import { eachSegment } from "../segments.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { Table, WholeDescription } from "../table/table.ts";
import {
  observerOf,
  runTransfer,
  type TransferControls,
  type TransferRun,
} from "../transfer/run-transfer.ts";
import type { TransferSummary } from "../transfer/transfer-events.ts";
import { kindOf, planBackup } from "./backup-plan.ts";
import type { Compression } from "./compression.ts";
import { concludeJob } from "./conclude-job.ts";
import { dumpSegment } from "./dump-segment.ts";
import type { LineFormat } from "./item-lines.ts";
import { type Existing, type JobFolder, readJobFolder } from "./job-folder.ts";
import type { BackupKind } from "./manifest.ts";

export interface BackupOptions extends TransferControls {
  table: Table;
  /** Opened at the folder that the job's own folder is made in. */
  store: ObjectStore;
  jobId: string;
  segments: number;
  /** Which of them to do; `overwrite` is for all of them only. */
  chosen: readonly number[];
  /** Segments done at the same time. */
  concurrency: number;
  compression: Compression;
  contents: LineFormat;
  existing: Existing;
  consistent: boolean;
}

/**
 * Writes a table as one file a segment, and at the end of all segments a manifest (docs/formats.md).
 * Each file is complete or absent; the manifest is written by whichever run completes the last segment.
 * @throws DdbrError `exists` when the job is there already and was not to be
 */
export async function backupTable(options: BackupOptions): Promise<TransferSummary> {
  const { table, store, jobId, segments, chosen, consistent } = options;
  const kind = kindOf(table, options);
  const whole = await table.describe(options.signal);
  const folder = await readJobFolder(store, jobId, kind, options);
  const plan = planBackup({
    ...{ jobId, segments, chosen, consistent },
    source: table.description,
    destination: store.location.text,
    kept: folder.kept.length,
  });
  return await runTransfer(plan, options, (run) => dumpAll(run, options, kind, whole, folder));
}

const DELETIONS_AT_ONCE = 16;

async function dumpAll(
  run: TransferRun,
  options: BackupOptions,
  kind: BackupKind,
  whole: WholeDescription,
  { kept, outdated }: JobFolder,
): Promise<void> {
  const { table, store, jobId, concurrency } = options;
  table.observe(observerOf("source", run.report));
  store.observe(observerOf("destination", run.report));
  for (const { segment, items, rawBytes, storedBytes } of kept) {
    run.report({ type: "segment-kept", segment, items, rawBytes, storedBytes });
  }
  const isKept = new Set(kept.map(({ segment }) => segment));
  const chosen = run.chosen.filter((segment) => !isKept.has(segment));
  if (chosen.length === 0) {
    const since = kept
      .map(({ finishedAt }) => finishedAt)
      .sort()
      .at(-1);
    run.report({
      type: "warning",
      message: `nothing was read: these files are whole since ${since}; a new backup needs another job id`,
    });
  }
  for (const keys of outdated) {
    await inParallel(keys, DELETIONS_AT_ONCE, async (key) => void (await store.delete(key, {}, run.signal)));
  }
  await eachSegment({ ...run, chosen, concurrency }, (segment) =>
    dumpSegment({ table, store, job: jobId, segment, kind }, run),
  );
  if (run.signal.aborted) return;
  const isWhole = await concludeJob(store, jobId, kind, whole, run.signal);
  if (isWhole || run.chosen.length < kind.segments) return;
  throw new DdbrError("exists", "another run is writing segments of this job anew", {
    subject: `${store.location.text}/${jobId}`,
    hint: "when it has ended, --resume does what is left",
  });
}
