import type { ComparisonOptions } from "../../core/job/diff-stretch.ts";
import { forOtherMachines } from "../../core/job/for-other-machines.ts";
import type { SegmentJob } from "../../core/job/segment-job.ts";
import { PauseGate } from "../../core/pause-gate.ts";
import { joinJob } from "../../core/state/job-record.ts";
import { runOn, type WorkForRunner } from "./run-on.ts";

/** A comparison that a runner is to do. */
export interface ComparisonForRunner extends Omit<WorkForRunner, "begin"> {
  open(options: ComparisonOptions): Promise<SegmentJob>;
}

/** Lets a runner compare, and follows it; returns the exit code. */
export function runComparisonOn({ open, ...work }: ComparisonForRunner): Promise<number> {
  return runOn({
    ...work,
    async begin(place, begun, signal) {
      const unheard = { gate: new PauseGate(), report() {}, checkpointMs: 0 };
      const { wanted } = await open({ ...unheard, begun: begun?.segments, signal });
      return await joinJob(place, forOtherMachines(wanted), signal);
    },
  });
}
