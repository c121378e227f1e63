import { SEGMENT_START } from "../diff/compare-segment.ts";
import type { DiffMode, Side, SideDescription } from "../diff/diff-events.ts";
import { diffTables } from "../diff/diff-tables.ts";
import { NO_TOTALS } from "../diff/diff-totals.ts";
import { openTables, type PairRequest, pairLimits } from "../diff/open-tables.ts";
import { ignoredAttributes } from "../item/ignored.ts";
import type { Cost } from "../pacing/run-pacing.ts";
import { PauseGate } from "../pause-gate.ts";
import { segmentsForSize } from "../segments.ts";
import type { JobRecord } from "../state/job-record.ts";
import type { Table } from "../table/table.ts";
import { type ComparisonOptions, diffStretch } from "./diff-stretch.ts";
import type { OpenJobOptions } from "./open-job.ts";
import type { SegmentJob } from "./segment-job.ts";
import { workInStretches } from "./stretches.ts";
import { refuseOtherTable, whichTable } from "./which-table.ts";

/** `diff-tables`, as plain JSON. */
export interface DiffJobRequest extends PairRequest {
  mode: DiffMode;
  dryRun: boolean;
  segments: number | undefined;
  globalTableAttributes: boolean;
  settleMs: number;
  waitingBytes: number;
  cost: Cost;
}

/** What a job's first worker leaves for whoever looks at the state (JobRecord.settings). */
export interface DiffJobSettings {
  request: DiffJobRequest;
  primary: SideDescription;
  replica: SideDescription;
}

/**
 * Prepares the comparison of two tables by many workers.
 * @throws DdbrError as openTables
 */
export async function openDiffJob(
  request: DiffJobRequest,
  { begun, checkpointMs, gate, report, signal }: ComparisonOptions,
): Promise<SegmentJob> {
  const opened = await openTables(request, signal);
  const { primary, replica } = opened;
  close(opened);
  const bytes = Math.max(primary.description.bytes, replica.description.bytes);
  const segments = request.segments ?? begun ?? segmentsForSize(bytes);
  const { mode, dryRun, ignore, globalTableAttributes, consistent, settleMs } = request;
  const settings: DiffJobSettings = {
    request,
    primary: primary.description,
    replica: replica.description,
  };
  const identity = {
    primary: whichTable(primary),
    replica: whichTable(replica),
    mode,
    dryRun,
    ignore,
    globalTableAttributes,
    consistent,
    settleMs,
  };
  return {
    wanted: { command: "diff-tables", segments, identity, settings },
    limits: pairLimits(request),

    async work(lease, controls) {
      // Each segment has its own, so that its requests are counted by themselves.
      const tables = await openTables(request, controls.signal, controls.pacing, true);
      try {
        for (const side of SIDES) refuseOtherTable(tables[side], identity[side]);
        const start = { first: { checkpoint: SEGMENT_START, totals: NO_TOTALS }, checkpointMs };
        return await workInStretches(lease, controls, start, (from, enough) =>
          diffStretch({ lease, controls, gate, report, from, enough }, async (stretch) => {
            let checkpoint = from.checkpoint;
            const summary = await diffTables({
              ...request,
              ...tables,
              ...stretch,
              segments,
              chosen: [lease.segment],
              concurrency: 1,
              ignored: ignoredAttributes(request.ignore, request.globalTableAttributes),
              stretch: {
                from: checkpoint,
                enough: stretch.enough,
                reached(position) {
                  checkpoint = position;
                },
              },
            });
            const isDone = checkpoint.primary === "end" && checkpoint.replica === "end";
            return { summary, checkpoint, isDone };
          }),
        );
      } finally {
        close(tables);
      }
    },
  };
}

/** Opens it as whoever has begun it asked for it. */
export function reopenDiffJob(
  { settings, segments }: JobRecord,
  { checkpointMs, signal }: OpenJobOptions,
): Promise<SegmentJob> {
  const { request } = settings as DiffJobSettings;
  const controls = { gate: new PauseGate(), report: () => {} };
  return openDiffJob(request, { begun: segments, checkpointMs, signal, ...controls });
}

const SIDES: readonly Side[] = ["primary", "replica"];

function close({ primary, replica }: Record<Side, Table>): void {
  primary.close();
  replica.close();
}
