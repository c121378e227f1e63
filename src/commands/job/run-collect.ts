import { DdbrError } from "../../core/errors.ts";
import type { Again } from "../../core/job/follow-job.ts";
import { type JobRecord, readJob } from "../../core/state/job-record.ts";
import { openStatePlace, type StatePlace } from "../../core/state/state-place.ts";
import type { S3StoreOptions } from "../../core/store/s3/s3-store.ts";
import { parseStoreLocation, type StoreLocation } from "../../core/store/store-location.ts";
import { localFile } from "../options/local-file.ts";
import { type StoreWords, storeAccess } from "../options/store-access.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { namespaceOption } from "../transfer/metrics.ts";

export interface CollectWords extends StoreWords {
  state: string;
  report?: string | undefined;
  metric?: string | undefined;
  undoFile?: string | undefined;
  yes: boolean;
}

export interface CollectRequest {
  place: StoreLocation;
  storeOptions: S3StoreOptions;
  reportFile: string | undefined;
  /** CloudWatch's namespace for what a backup came to. */
  metric?: string | undefined;
  /** What a restore has replaced. */
  undoFile?: string | undefined;
  /** Do not ask before writing. */
  yes?: boolean;
}

/** What is collected, and how it is shown. */
export interface Collecting {
  /** What the screen and the lines are headed with. */
  title: string;
  place: StatePlace;
  job: JobRecord;
  request: Pick<CollectRequest, "reportFile" | "metric" | "undoFile" | "yes">;
  mode: OutputMode;
  /** Where the job is followed until its end. */
  again?: Again | undefined;
}

/** Tells the result of a job of one kind; returns the exit code. */
type Collect = (collecting: Collecting) => Promise<number>;

/** By the job's command. */
const KINDS: Readonly<Record<string, () => Promise<Collect>>> = {
  "backup-table": async () => (await import("./collect-backup-table.ts")).collectBackupTable,
  "diff-tables": async () => (await import("./collect-diff-tables.ts")).collectDiffTables,
  "incremental-diff": async () => (await import("./collect-incremental-diff.ts")).collectIncrementalDiff,
  "restore-table": async () => (await import("./collect-restore-table.ts")).collectRestoreTable,
};

/** @throws DdbrError `usage`, `location` */
export function parseCollectRequest(words: CollectWords): CollectRequest {
  return {
    place: parseStoreLocation(words.state),
    storeOptions: storeAccess(words),
    reportFile: localFile("--report", words.report),
    metric: namespaceOption(words.metric),
    undoFile: localFile("--undo-file", words.undoFile),
    yes: words.yes,
  };
}

/** `ddbr collect`, its words understood; returns the exit code. */
export async function runCollect(request: CollectRequest, mode: OutputMode): Promise<number> {
  const place = await openStatePlace(request.place, request.storeOptions);
  try {
    const job = await stoppable((signal) => readJob(place, signal));
    if (job === undefined) {
      throw new DdbrError("no-such-object", "no job has begun there", {
        subject: place.location.text,
        hint: "name the folder that the workers were given as --state",
      });
    }
    refuseOptionsOfOthers(job, request);
    return await collectJob({ title: `collect (${job.command})`, place, job, request, mode });
  } finally {
    place.close();
  }
}

/** Tells the result of a job of any kind; returns the exit code. @throws DdbrError `damaged` when its command is not known */
export async function collectJob(collecting: Collecting): Promise<number> {
  const { place, job } = collecting;
  const kind = Object.hasOwn(KINDS, job.command) ? KINDS[job.command] : undefined;
  if (kind === undefined) {
    throw new DdbrError(
      "damaged",
      `is the state of ${JSON.stringify(job.command)}, which is not known here`,
      { subject: place.location.text, hint: "it may be of a later version of ddbr" },
    );
  }
  const collect = await kind();
  return await collect(collecting);
}

/** Options of `collect` that belong to what some commands leave. */
const OWN_OPTIONS = {
  "--report": {
    of: ["diff-tables", "incremental-diff"],
    given: ({ reportFile }: CollectRequest) => reportFile,
  },
  "--metric": { of: ["backup-table"], given: ({ metric }: CollectRequest) => metric },
  "--undo-file": { of: ["restore-table"], given: ({ undoFile }: CollectRequest) => undoFile },
};

function refuseOptionsOfOthers({ command }: JobRecord, request: CollectRequest): void {
  for (const [option, { of, given }] of Object.entries(OWN_OPTIONS)) {
    if (given(request) === undefined || of.includes(command)) continue;
    throw new DdbrError("usage", `${option} is not for what ${command} has done`, { hint: "leave it out" });
  }
}
