import { kindOf } from "../backup/backup-plan.ts";
import { refuseTakenFolder } from "../backup/job-folder.ts";
import type { BackupKind } from "../backup/manifest.ts";
import type { SideDescription } from "../diff/diff-events.ts";
import type { TableLocation } from "../location.ts";
import type { Cost } from "../pacing/run-pacing.ts";
import { segmentsForSize } from "../segments.ts";
import { type JobRecord, joinJob, readJob, type WantedJob } from "../state/job-record.ts";
import type { StatePlace } from "../state/state-place.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { openStore } from "../store/open-store.ts";
import type { S3StoreOptions } from "../store/s3/s3-options.ts";
import type { StoreLocation } from "../store/store-location.ts";
import { openTable, type Table, type TableOptions, type WholeDescription } from "../table/table.ts";
import { whichPlace } from "./which-place.ts";
import { whichTable } from "./which-table.ts";

/** `backup-table`, as plain JSON. */
export interface BackupJobRequest extends Pick<BackupKind, "contents" | "compression"> {
  table: TableLocation;
  tableOptions: Pick<TableOptions, "access" | "consistent" | "maxReadUnits" | "patienceMs">;
  /** The folder that the job's own is made in. */
  place: StoreLocation;
  storeOptions: S3StoreOptions;
  /** Undefined: as the job has it, which then is called as its state is. */
  jobId: string | undefined;
  /** Undefined: as the job has it, or by the table's size. */
  segments: number | undefined;
  cost: Cost;
}

/** What a job's first worker leaves for whoever looks at the state (JobRecord.settings). */
export interface BackupJobSettings {
  request: BackupJobRequest;
  kind: BackupKind;
  source: SideDescription;
  /** Of the table when the job was begun, for the manifest. */
  description: WholeDescription;
}

/**
 * Looks at what is to be backed up, and where to.
 * @param begun how many segments the job has, where it has begun
 * @throws DdbrError `exists` where it has not, and another's files are in its folder; as the opening
 */
async function wantedBackup(
  request: BackupJobRequest,
  { begun, signal }: { begun: number | undefined; signal: AbortSignal },
): Promise<WantedJob> {
  const { jobId, contents, compression, storeOptions } = request;
  const { table, store } = await openEnds(request, signal);
  try {
    if (begun === undefined && jobId !== undefined) await refuseTakenFolder(store, jobId, signal);
    const segments = request.segments ?? begun ?? segmentsForSize(table.description.bytes);
    const settings: BackupJobSettings = {
      request: plain(request),
      kind: kindOf(table, { segments, contents, compression }),
      source: table.description,
      description: await table.describe(signal),
    };
    const identity = {
      table: whichTable(table),
      destination: whichPlace(request.place),
      jobid: jobId,
      format: contents,
      compress: compression,
      consistent: request.tableOptions.consistent ?? false,
      encryption: storeOptions.encryption,
      storageClass: storeOptions.storageClass,
    };
    return { command: "backup-table", segments, identity, settings };
  } finally {
    table.close();
    store.close();
  }
}

/**
 * Begins the backup of a table by many workers, or joins it.
 * @param adapt what is left for the others, where that is not the same
 * @throws DdbrError as wantedBackup and joinJob
 */
export async function beginBackup(
  place: StatePlace,
  request: BackupJobRequest,
  signal: AbortSignal,
  adapt: (wanted: WantedJob) => WantedJob = (wanted) => wanted,
): Promise<JobRecord> {
  let begun = await readJob(place, signal);
  const look = () => {
    const jobId = request.jobId ?? givenJobId(begun);
    return wantedBackup({ ...request, jobId }, { begun: begun?.segments, signal });
  };
  const wanted = await look().catch(async (error) => {
    if (begun !== undefined) throw error;
    // Files are there as soon as somebody has begun it, which may have been just now.
    begun = await readJob(place, signal);
    if (begun === undefined) throw error;
    return look();
  });
  return joinJob(place, adapt(wanted), signal);
}

/** The name of the job's folder. */
export function jobIdOf(job: JobRecord): string {
  return givenJobId(job) ?? job.run;
}

function givenJobId(job: JobRecord | undefined): string | undefined {
  const jobId = job?.identity.jobid;
  return typeof jobId === "string" ? jobId : undefined;
}

/** Opens both for a job, or for one of its segments. */
export async function openEnds(
  { table, tableOptions, place, storeOptions }: BackupJobRequest,
  signal: AbortSignal,
  paces?: TableOptions["paces"],
): Promise<{ table: Table; store: ObjectStore }> {
  const opened = await openTable(table, { ...tableOptions, paces, isUnderWay: paces !== undefined, signal });
  try {
    return { table: opened, store: await openStore(place, storeOptions, signal) };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** Whatever else a request may hold is this process's own. */
function plain(request: BackupJobRequest): BackupJobRequest {
  const { table, tableOptions, place, storeOptions, jobId, segments, contents, compression, cost } = request;
  return { table, tableOptions, place, storeOptions, jobId, segments, contents, compression, cost };
}
