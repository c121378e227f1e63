import { diffFolderItems } from "../diff/compare-folder.ts";
import type { ScanPosition } from "../diff/compare-segment.ts";
import type { DiffMode, SideDescription } from "../diff/diff-events.ts";
import { type DiffTotals, NO_TOTALS } from "../diff/diff-totals.ts";
import { refuseIgnoredKey } from "../diff/open-tables.ts";
import { openRecordFolder, type RecordFolder } from "../incremental/record-folder.ts";
import { ignoredAttributes } from "../item/ignored.ts";
import type { TableLocation } from "../location.ts";
import { type Cost, type RunPacing, tableLimits } from "../pacing/run-pacing.ts";
import { PauseGate } from "../pause-gate.ts";
import { segmentsForSize } from "../segments.ts";
import type { JobRecord } from "../state/job-record.ts";
import { openExistingStore } from "../store/open-store.ts";
import type { S3StoreOptions } from "../store/s3/s3-options.ts";
import type { StoreLocation } from "../store/store-location.ts";
import { openTable, type Table, type TableOptions } from "../table/table.ts";
import { type ComparisonOptions, diffStretch, MOST_PART_BYTES } from "./diff-stretch.ts";
import type { OpenJobOptions } from "./open-job.ts";
import { namesPart } from "./seen-names.ts";
import type { SegmentJob } from "./segment-job.ts";
import { workInStretches } from "./stretches.ts";
import { whichPlace } from "./which-place.ts";
import { refuseOtherTable, whichTable } from "./which-table.ts";

/** `incremental-diff` of an incremental folder, as plain JSON. */
export interface FolderJobRequest {
  table: TableLocation;
  tableOptions: Pick<TableOptions, "access" | "consistent" | "maxReadUnits" | "patienceMs">;
  cost: Cost;
  /** The table's own folder. */
  folder: StoreLocation;
  storeOptions: S3StoreOptions;
  mode: DiffMode;
  dryRun: boolean;
  /** Scans are consistent reads, at twice the price. */
  consistent: boolean;
  /** Attributes that comparing passes over. */
  ignore: readonly string[];
  settleMs: number;
  segments: number | undefined;
  /** Objects that a worker reads at the same time. */
  reads: number;
}

/** What a job's first worker leaves for whoever looks at the state (JobRecord.settings). */
export interface FolderJobSettings {
  request: FolderJobRequest;
  primary: SideDescription;
  replica: SideDescription;
}

export interface FolderOptions extends ComparisonOptions {
  /** Segments that this worker does at the same time. */
  concurrency: number;
}

/**
 * Prepares the comparison of a table with its incremental folder by many workers: each item with its object. What the folder
 * holds beyond that is looked into when all segments are done (folder-rest.ts).
 * @throws DdbrError as openTable and openStore
 */
export async function openFolderJob(
  request: FolderJobRequest,
  { begun, concurrency, checkpointMs, gate, report, signal }: FolderOptions,
): Promise<SegmentJob> {
  const opened = await openFolder(request, signal);
  opened.close();
  const { table, folder } = opened;
  refuseIgnoredKey(table, request.ignore);
  const segments = request.segments ?? begun ?? segmentsForSize(table.description.bytes);
  const which = whichTable(table);
  const { mode, dryRun, ignore, consistent, settleMs } = request;
  const settings: FolderJobSettings = {
    request,
    primary: table.description,
    replica: folder.description,
  };
  const identity = {
    table: which,
    folder: whichPlace(request.folder),
    mode,
    dryRun,
    ignore,
    consistent,
    settleMs,
  };
  const readsEach = Math.max(1, Math.floor(request.reads / Math.min(concurrency, segments)));
  const first = { checkpoint: {}, totals: NO_TOTALS };
  return {
    wanted: { command: "incremental-diff", segments, identity, settings },
    limits: tableLimits(request),

    async work(lease, controls) {
      // Each segment has its own, so that its requests are counted by themselves.
      const own = await openFolder(request, controls.signal, controls.pacing);
      try {
        refuseOtherTable(own.table, which);
        return await workInStretches<ScanPosition, DiffTotals>(
          lease,
          controls,
          { first, checkpointMs },
          (from, enough) =>
            diffStretch({ lease, controls, gate, report, from, enough }, async (stretch) => {
              let checkpoint = from.checkpoint;
              let names = "";
              const summary = await diffFolderItems(
                {
                  ...folderSetup(request, own, segments),
                  ...stretch,
                  chosen: [lease.segment],
                  reads: readsEach,
                },
                {
                  after: checkpoint === "end" ? undefined : checkpoint.after,
                  seen(name) {
                    names += `${name}\n`;
                  },
                  enough: () => stretch.enough() || names.length > MOST_PART_BYTES,
                  reached(position) {
                    checkpoint = position;
                  },
                },
              );
              const parts = names === "" ? [] : [await namesPart(names)];
              return { summary, checkpoint, isDone: checkpoint === "end", parts };
            }),
        );
      } finally {
        own.close();
      }
    },
  };
}

/** Opens it as whoever has begun it asked for it. */
export function reopenFolderJob(
  { settings, segments }: JobRecord,
  { checkpointMs, signal }: OpenJobOptions,
): Promise<SegmentJob> {
  const { request } = settings as FolderJobSettings;
  const controls = { gate: new PauseGate(), report: () => {} };
  return openFolderJob(request, { begun: segments, concurrency: 1, checkpointMs, signal, ...controls });
}

export interface OpenedFolder {
  table: Table;
  folder: RecordFolder;
  close(): void;
}

/** @throws DdbrError as openTable and openStore; `file` where a directory is not there, as on a machine that has not mounted it */
export async function openFolder(
  request: FolderJobRequest,
  signal: AbortSignal,
  pacing?: RunPacing,
): Promise<OpenedFolder> {
  const paces = pacing?.paces("table");
  const table = await openTable(request.table, {
    ...request.tableOptions,
    paces,
    isUnderWay: paces !== undefined,
    signal,
  });
  try {
    const store = await openExistingStore(request.folder, request.storeOptions, signal);
    const { schema, items } = table.description;
    return {
      table,
      folder: openRecordFolder(store, schema, items),
      close() {
        table.close();
        store.close();
      },
    };
  } catch (error) {
    table.close();
    throw error;
  }
}

/** What a part of the comparison is given, whichever it is. */
export function folderSetup(
  { mode, dryRun, ignore, consistent, settleMs, storeOptions }: FolderJobRequest,
  { table, folder }: OpenedFolder,
  segments: number,
) {
  return {
    primary: table,
    replica: folder,
    mode,
    dryRun,
    segments,
    concurrency: 1,
    ignored: ignoredAttributes(ignore, true),
    consistent,
    settleMs,
    patienceMs: storeOptions.patienceMs ?? 0,
  };
}
