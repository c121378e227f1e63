import { isDeepStrictEqual } from "node:util";
import { DdbrError } from "../errors.ts";
import { tableLimits } from "../pacing/run-pacing.ts";
import { PauseGate } from "../pause-gate.ts";
import type { RestoreReport } from "../restore/restore-events.ts";
import type { JobRecord } from "../state/job-record.ts";
import {
  closeRestoreEnds,
  factsOf,
  openRestoreEnds,
  type RestoreJobRequest,
  type RestoreJobSettings,
  type SourceFacts,
} from "./begin-restore.ts";
import type { OpenJobOptions } from "./open-job.ts";
import { restoreSegment } from "./restore-segment.ts";
import type { SegmentJob } from "./segment-job.ts";
import { refuseOtherTable, type WhichTable } from "./which-table.ts";

export interface RestoreJobOptions extends Pick<OpenJobOptions, "checkpointMs"> {
  /** As this worker reaches the source and the table. */
  request: RestoreJobRequest;
  gate: PauseGate;
  /** Hears what happens in the segments, but neither when they begin nor when they are done. */
  report: RestoreReport;
}

/** Work on a restore that has begun. */
export function openRestoreJob(
  job: JobRecord,
  { request, checkpointMs, gate, report }: RestoreJobOptions,
): SegmentJob {
  const { mode, dryRun, create } = request;
  const { source: facts, table: description } = job.settings as RestoreJobSettings;
  const isDryCreation = create && dryRun;
  return {
    wanted: job,
    limits: tableLimits(request),

    async work(lease, controls) {
      const { signal } = controls;
      // Each segment has its own, so that its requests are counted by themselves.
      const planTable = isDryCreation ? async () => ({ description, create: neverMade }) : undefined;
      const paces = controls.pacing.paces("table");
      const ends = await openRestoreEnds(request, { isMade: true, planTable, paces, signal });
      try {
        const { source, target } = ends;
        refuseOtherSource(factsOf(source), facts);
        if (target.table !== undefined)
          refuseOtherTable(target.table, (job.identity as { table: WhichTable }).table);
        return await restoreSegment(lease, controls, {
          source,
          table: target.table,
          tableName: request.table.text,
          schema: description.schema,
          mode,
          dryRun,
          created: create,
          segments: job.segments,
          checkpointMs,
          patienceMs: request.tableOptions.patienceMs ?? 0,
          gate,
          report,
        });
      } finally {
        closeRestoreEnds(ends);
      }
    },
  };
}

/** Opens it as whoever has begun it asked for it. */
export async function reopenRestoreJob(
  job: JobRecord,
  { checkpointMs }: OpenJobOptions,
): Promise<SegmentJob> {
  const { request } = job.settings as RestoreJobSettings;
  return openRestoreJob(job, { request, checkpointMs, gate: new PauseGate(), report: () => {} });
}

function refuseOtherSource({ name, ...now }: SourceFacts, { name: _, ...then }: SourceFacts): void {
  // Members that are undefined have not come through JSON.
  if (isDeepStrictEqual(JSON.parse(JSON.stringify(now)), then)) return;
  throw new DdbrError("damaged", "the source was written anew while the job was under way", {
    subject: name,
    hint: "begin again, with another place for the state",
  });
}

function neverMade(): never {
  throw new Error("a dry run makes no table");
}
