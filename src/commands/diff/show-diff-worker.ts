import type { ComparisonOptions } from "../../core/job/diff-stretch.ts";
import type { SegmentJob } from "../../core/job/segment-job.ts";
import { workOnDiff } from "../../core/job/work-on-diff.ts";
import { readJob } from "../../core/state/job-record.ts";
import { openStatePlace } from "../../core/state/state-place.ts";
import { tellCollect } from "../job/tell-collect.ts";
import { workerExitCode } from "../job/worker-exit-code.ts";
import type { JobTerms } from "../options/job.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";
import { showDiff } from "./show-diff.ts";

export interface ShownDiffWorker {
  command: string;
  terms: JobTerms;
  mode: OutputMode;
  /** Only this segment. */
  segment: number | undefined;
  /** Segments at the same time. */
  concurrency: number;
  open(options: ComparisonOptions): Promise<SegmentJob>;
  /** What collecting does, where it does more than telling. */
  collecting?: string;
}

/** Takes part in a comparison by many workers and shows it; returns the exit code. */
export async function showDiffWorker({
  command,
  terms,
  mode,
  segment,
  concurrency,
  open,
  collecting,
}: ShownDiffWorker): Promise<number> {
  const { leaseMs, checkpointMs } = terms;
  const place = await openStatePlace(terms.place, terms.storeOptions);
  try {
    const job = await stoppable((signal) => readJob(place, signal));
    const begun = job?.segments;
    const summary = await showDiff({
      command,
      mode,
      run: ({ signal, gate, report }) =>
        workOnDiff(
          {
            place,
            segment,
            concurrency,
            leaseMs,
            pause: signal,
            open: (tell) => open({ begun, checkpointMs, gate, report: tell, signal }),
          },
          report,
        ),
    });
    tellCollect(command, summary, { place: terms.place, segment }, mode, collecting);
    return workerExitCode(summary.outcome);
  } finally {
    place.close();
  }
}
