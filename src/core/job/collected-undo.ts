import { openChangesFile } from "../restore/changes-file.ts";
import type { ChangesHeader } from "../restore/changes-notes.ts";
import { type ChangesWriter, createChangesFile } from "../restore/changes-writer.ts";
import type { RestorePlan, RestoreSummary } from "../restore/restore-events.ts";
import type { JobRecord } from "../state/job-record.ts";
import type { StatePlace } from "../state/state-place.ts";
import type { RestoreJobSettings } from "./begin-restore.ts";
import { listChunks, readChunk } from "./undo-chunk.ts";
import type { WhichTable } from "./which-table.ts";
import { jobIdOf } from "./work-on-restore.ts";

export interface CollectedUndo {
  place: StatePlace;
  job: JobRecord;
  plan: RestorePlan;
  outcome: RestoreSummary["outcome"];
  signal: AbortSignal;
}

/**
 * Writes all that workers may have replaced into one undo file: whatever has stopped them, there is a line for each of their writes.
 * False where there is none: then there is no file.
 * @throws DdbrError `file`, also when it exists; as the place
 */
export async function writeCollectedUndo(
  path: string,
  { place, job, plan, outcome, signal }: CollectedUndo,
): Promise<boolean> {
  const chunks = await listChunks(place, undefined, signal);
  if (chunks.length === 0) return false;
  const writer = createChangesFile(path, headerOf(job));
  let isWhole = false;
  try {
    for (const { segment, name } of chunks) {
      const { changes } = await readChunk(place, segment, name, signal);
      for (const change of changes) writer.add(change);
    }
    writer.complete(plan);
    isWhole = true;
  } finally {
    end(writer, isWhole);
  }
  finish(path, outcome);
  return true;
}

function end(writer: ChangesWriter, isWhole: boolean): void {
  if (!isWhole) writer.discard();
  writer.close();
}

function finish(path: string, outcome: RestoreSummary["outcome"]): void {
  const file = openChangesFile(path);
  try {
    file.finish(outcome);
  } finally {
    file.close();
  }
}

function headerOf(job: JobRecord): ChangesHeader {
  const { request, source } = job.settings as RestoreJobSettings;
  const { arn, createdAt } = (job.identity as { table: WhichTable }).table;
  const { at, mode, create } = request;
  return {
    jobId: jobIdOf(job),
    job: "restore-table",
    table: request.table.text,
    arn,
    createdAt,
    source: source.name,
    ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
    mode,
    created: create,
    repeats: true,
    startedAt: job.createdAt,
  };
}
