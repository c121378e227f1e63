import { DdbrError } from "../errors.ts";
import type { JobRecord } from "../state/job-record.ts";
import type { SegmentJob } from "./segment-job.ts";

/** What a worker needs beside the job's record. */
export interface OpenJobOptions {
  checkpointMs: number;
  /** Stops the opening. */
  signal: AbortSignal;
}

/** By the job's command; only what one needs is loaded. */
const KINDS: Readonly<Record<string, (job: JobRecord, options: OpenJobOptions) => Promise<SegmentJob>>> = {
  async "diff-tables"(job, options) {
    const { reopenDiffJob } = await import("./diff-job.ts");
    return reopenDiffJob(job, options);
  },
  async "backup-table"(job, options) {
    const { reopenBackupJob } = await import("./backup-job.ts");
    return reopenBackupJob(job, options);
  },
  async "incremental-diff"(job, options) {
    const { reopenFolderJob } = await import("./folder-job.ts");
    return reopenFolderJob(job, options);
  },
  async "restore-table"(job, options) {
    const { reopenRestoreJob } = await import("./restore-job.ts");
    return reopenRestoreJob(job, options);
  },
};

/** Opens a job by its record alone, as whoever has begun it asked for it. @throws DdbrError `damaged` for a command that is not known; as the opening */
export async function openJob(job: JobRecord, options: OpenJobOptions): Promise<SegmentJob> {
  const open = Object.hasOwn(KINDS, job.command) ? KINDS[job.command] : undefined;
  if (open !== undefined) return open(job, options);
  throw new DdbrError("damaged", `the job is of ${JSON.stringify(job.command)}, which is not known here`, {
    hint: "it may be of a later version of ddbr",
  });
}
