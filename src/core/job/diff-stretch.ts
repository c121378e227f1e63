import type { DiffReport, DiffSummary, SideDescription } from "../diff/diff-events.ts";
import type { DiffTotals } from "../diff/diff-totals.ts";
import type { DiffExtent } from "../diff/estimate.ts";
import { partLine } from "../diff/report-lines.ts";
import type { DiffSetup } from "../diff/run-diff.ts";
import type { PauseGate } from "../pause-gate.ts";
import type { SegmentLease } from "../state/segment-lease.ts";
import type { SegmentControls } from "../state/worker.ts";
import { sumFigures } from "../sum-figures.ts";
import type { Reached } from "./stretches.ts";

/** What is kept in memory of a stretch until it ends: its part of the report, and other parts. */
export const MOST_PART_BYTES = 8 * 1024 * 1024;

/** What every comparison's job holds as its settings (JobRecord.settings), among other things. */
export interface ComparisonSettings {
  request: Omit<DiffExtent, "share">;
  primary: SideDescription;
  replica: SideDescription;
}

/** How a worker opens a comparison's job. */
export interface ComparisonOptions {
  /** How many segments the job has, where it has begun. */
  begun: number | undefined;
  checkpointMs: number;
  gate: PauseGate;
  /** Hears what happens in the segments, but neither when they begin nor when they are done. */
  report: DiffReport;
  /** Stops the opening. */
  signal: AbortSignal;
}

export interface DiffStretchOptions<Checkpoint> extends Pick<ComparisonOptions, "gate" | "report"> {
  lease: SegmentLease;
  controls: SegmentControls;
  from: Reached<Checkpoint, DiffTotals>;
  enough: () => boolean;
}

/** What a comparison is given to be a stretch of a segment. */
export interface StretchSetup extends Required<Pick<DiffSetup, "signal" | "gate" | "report" | "failed">> {
  /** Whether to end, as soon as what was found is complete. */
  enough(): boolean;
}

/** How far a comparison has come; it counts when the comparison has not failed. */
export interface Compared<Checkpoint> {
  summary: DiffSummary;
  checkpoint: Checkpoint;
  isDone: boolean;
  /** What it has found beside the report. */
  parts?: readonly { extension: string; body: Uint8Array }[];
}

/** Does a stretch of a comparison, and stores what was found. @throws what the comparison failed with; as SegmentLease.putPart */
export async function diffStretch<Checkpoint>(
  { lease, controls, gate, report, from, enough }: DiffStretchOptions<Checkpoint>,
  compare: (setup: StretchSetup) => Promise<Compared<Checkpoint>>,
): Promise<Reached<Checkpoint, DiffTotals> & { isDone: boolean }> {
  const { signal } = controls;
  let lines = "";
  let failure: unknown;
  const {
    summary,
    checkpoint,
    isDone,
    parts = [],
  } = await compare({
    signal,
    gate,
    enough: () => enough() || lines.length > MOST_PART_BYTES,
    failed(error) {
      failure = error;
    },
    report(event) {
      const line = partLine(event);
      if (line !== undefined) lines += `${JSON.stringify(line)}\n`;
      if (!OF_THE_RUN.has(event.type)) report(event);
    },
  });
  if (failure !== undefined) throw failure;
  signal.throwIfAborted();
  const names: string[] = [];
  if (lines !== "") names.push(await lease.putPart("ndjson", Buffer.from(lines)));
  for (const { extension, body } of parts) names.push(await lease.putPart(extension, body));
  return {
    isDone,
    checkpoint,
    totals: { ...sumFigures(from.totals, summary.totals), segmentsDone: isDone ? 1 : 0 },
    parts: [...from.parts, ...names],
  };
}

/** A stretch is a run in itself, which the run of many segments is not made of. */
const OF_THE_RUN: ReadonlySet<string> = new Set(["started", "segment-started", "segment-done", "finished"]);
