import type { SideDescription } from "../diff/diff-events.ts";
import { DdbrError } from "../errors.ts";
import type { TableLocation } from "../location.ts";
import type { Cost } from "../pacing/run-pacing.ts";
import { refuseOtherKey } from "../restore/refuse-source.ts";
import type { RestoreMode } from "../restore/restore-events.ts";
import type { RestoreSource } from "../restore/restore-source.ts";
import type { RestoreTarget } from "../restore/run-restore.ts";
import { findSource } from "../restore/sources/find-source.ts";
import { segmentsForSize } from "../segments.ts";
import { type JobRecord, joinJob, readJob, type WantedJob } from "../state/job-record.ts";
import type { StatePlace } from "../state/state-place.ts";
import { openStore } from "../store/open-store.ts";
import type { S3StoreOptions } from "../store/s3/s3-options.ts";
import type { StoreLocation } from "../store/store-location.ts";
import { openTable, type TableOptions } from "../table/table.ts";
import { madeByOne } from "./made-by-one.ts";
import { whichPlace } from "./which-place.ts";
import { whichTable } from "./which-table.ts";

/** `restore-table`, as plain JSON. */
export interface RestoreJobRequest {
  /** What is restored from. */
  place: StoreLocation;
  storeOptions: S3StoreOptions;
  table: TableLocation;
  tableOptions: Pick<TableOptions, "access" | "maxReadUnits" | "maxWriteUnits" | "patienceMs">;
  /** Milliseconds since 1970. */
  at?: number | undefined;
  /** Objects of an incremental folder read at the same time, in each segment. */
  reads: number;
  mode: RestoreMode;
  dryRun: boolean;
  /** Whoever begins the job makes the table. */
  create: boolean;
  /** Undefined: as the job has it, or by the source. */
  segments: number | undefined;
  cost: Cost;
}

/** What a job's first worker leaves for whoever looks at the state (JobRecord.settings). */
export interface RestoreJobSettings {
  request: RestoreJobRequest;
  source: SourceFacts;
  /** Why records may be missing from it, as far as that was known when the job was begun. */
  lacks?: string | undefined;
  table: SideDescription;
}

/** What tells a source from what it is after somebody has written it anew. */
export type SourceFacts = Pick<RestoreSource, "kind" | "name" | "items" | "bytes" | "asOf">;

/** What a restore has at its two ends; to be closed. */
export interface RestoreEnds {
  source: RestoreSource;
  target: RestoreTarget;
}

/** Finds out what a table is to be like that is still to be made. @throws DdbrError `exists` */
export type PlanTable = (source: RestoreSource, signal: AbortSignal) => Promise<RestoreTarget>;

export interface BeginOptions {
  planTable: PlanTable;
  /** Another worker makes the table; one line. */
  waiting?(message: string): void;
  /** What is left for the others, where that is not the same. */
  adapt?(wanted: WantedJob): WantedJob;
  signal: AbortSignal;
}

/**
 * Begins a restore by many workers, or joins it. A table that is to be made is made by one of them, before the job has begun.
 * @throws DdbrError `usage` for a source that cannot be shared; as joinJob and the opening
 */
export async function beginRestore(
  place: StatePlace,
  request: RestoreJobRequest,
  options: BeginOptions,
): Promise<JobRecord> {
  const { signal, planTable, adapt = (wanted) => wanted } = options;
  let begun = await readJob(place, signal);
  if (begun === undefined && request.create && !request.dryRun) {
    begun = await madeByOne(place, options, async () => {
      await makeTable(request, planTable, signal);
      return await join(undefined);
    });
  }
  return await join(begun);

  async function join(present: JobRecord | undefined): Promise<JobRecord> {
    const ends = await openRestoreEnds(request, { isMade: true, planTable, signal });
    try {
      if (present === undefined) await ends.source.parts?.require(signal);
      return await joinJob(place, adapt(wantedRestore(request, ends, present?.segments)), signal);
    } finally {
      closeRestoreEnds(ends);
    }
  }
}

/**
 * Opens the source and the table, for a job or for one of its segments.
 * @param isMade a table that is to be made is there by now, unless it is a dry run
 * @throws DdbrError `usage`, `schema` for a source that cannot be restored from by many
 */
export async function openRestoreEnds(
  request: RestoreJobRequest,
  {
    isMade,
    planTable,
    paces,
    signal,
  }: {
    isMade: boolean;
    planTable?: PlanTable | undefined;
    paces?: TableOptions["paces"];
    signal: AbortSignal;
  },
): Promise<RestoreEnds> {
  const { table: location, tableOptions, place, at, reads, storeOptions, create, dryRun } = request;
  const source = await findSource(
    place,
    { table: location.name, at, storeOptions, reads },
    openStore,
    signal,
  );
  const opened: Partial<RestoreEnds> = { source };
  try {
    refuseNotShared(source);
    if (create && (dryRun || !isMade) && planTable !== undefined) {
      opened.target = await planTable(source, signal);
    } else {
      const table = await openTable(location, {
        ...tableOptions,
        paces,
        isUnderWay: paces !== undefined,
        signal,
      });
      opened.target = { table, description: table.description };
    }
    refuseOtherKey(source, opened.target.description.schema);
    return opened as RestoreEnds;
  } catch (error) {
    closeRestoreEnds(opened);
    throw error;
  }
}

export function closeRestoreEnds({ source, target }: Partial<RestoreEnds>): void {
  source?.close();
  target?.table?.close();
}

export function factsOf({ kind, name, items, bytes, asOf }: RestoreSource): SourceFacts {
  return { kind, name, items, bytes, asOf };
}

function wantedRestore(
  request: RestoreJobRequest,
  { source, target: { table, description } }: RestoreEnds,
  begun: number | undefined,
): WantedJob {
  const { at, mode, dryRun, create } = request;
  const { most } = source.parts!;
  const byDefault =
    most === undefined ? segmentsForSize(Math.max(source.bytes, description.bytes)) : Math.max(1, most);
  const { kind, items, asOf } = source;
  const settings: RestoreJobSettings = {
    request: plain(request),
    source: factsOf(source),
    lacks: source.lacks,
    table: description,
  };
  const identity = {
    source: { ...whichPlace(request.place), kind, items, asOf },
    table: table === undefined ? { name: description.name } : whichTable(table),
    at: at === undefined ? undefined : new Date(at).toISOString(),
    mode,
    dryRun,
    create,
  };
  return { command: "restore-table", segments: request.segments ?? begun ?? byDefault, identity, settings };
}

async function makeTable(
  request: RestoreJobRequest,
  planTable: PlanTable,
  signal: AbortSignal,
): Promise<void> {
  const ends = await openRestoreEnds(request, { isMade: false, planTable, signal });
  try {
    await ends.source.parts!.require(signal);
    const table = await ends.target.create!(signal);
    table.close();
  } finally {
    closeRestoreEnds(ends);
  }
}

function refuseNotShared({ parts, name }: RestoreSource): void {
  if (parts !== undefined) return;
  throw new DdbrError("usage", "an incremental export cannot be shared by many workers", {
    subject: name,
    hint: "leave --state away: which of several changes of a record is the last is known only to who reads all of it",
  });
}

/** Whatever else a request may hold is this process's own. */
function plain(request: RestoreJobRequest): RestoreJobRequest {
  const { place, storeOptions, table, at, reads, mode, dryRun, create, segments, cost } = request;
  const { access, maxReadUnits, maxWriteUnits, patienceMs } = request.tableOptions;
  const tableOptions = { ...(access && { access }), maxReadUnits, maxWriteUnits, patienceMs };
  return { place, storeOptions, table, tableOptions, at, reads, mode, dryRun, create, segments, cost };
}
