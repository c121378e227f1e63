import type { RunLimits, RunPacing } from "../pacing/run-pacing.ts";
import type { WantedJob } from "../state/job-record.ts";
import type { SegmentLease, SegmentResult } from "../state/segment-lease.ts";
import type { SegmentControls } from "../state/worker.ts";

export interface JobControls extends SegmentControls {
  /** This worker's part in what the job may consume; by the tables' names in its limits. */
  pacing: RunPacing;
}

/** Work on a job whose segments many workers share. */
export interface SegmentJob {
  /** What the workers agree on. */
  readonly wanted: WantedJob;
  /** What all workers together may consume. */
  readonly limits: RunLimits;
  /** As SegmentWork. */
  work(lease: SegmentLease, controls: JobControls): Promise<SegmentResult | undefined>;
}
