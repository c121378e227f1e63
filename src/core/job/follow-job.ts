import type { JobRecord } from "../state/job-record.ts";
import type { SegmentState } from "../state/segment-book.ts";
import type { StatePlace } from "../state/state-place.ts";

/** Waits until it is time to look again at a job that goes on; false: that was the last look. Rejects when the signal aborts. */
export type Again = (signal: AbortSignal) => Promise<boolean>;

export interface FollowedJob {
  place: StatePlace;
  job: JobRecord;
  signal: AbortSignal;
  /** Looks once where there is none. Where there is one the signal only ends the watching. */
  again?: Again | undefined;
}

/** How the segments stood at the last look. */
export interface Followed {
  states: SegmentState[];
  /** Somebody has stopped watching; the work goes on. */
  left: boolean;
}

/** Looks at a job until there is no more to come. @throws DdbrError as the look; the signal's reason where it looks only once */
export async function followJob(
  watch: { look(signal: AbortSignal): Promise<SegmentState[]> },
  { signal, again }: Pick<FollowedJob, "signal" | "again">,
): Promise<Followed> {
  let states: SegmentState[] = [];
  try {
    do states = await watch.look(signal);
    while (await again?.(signal));
    return { states, left: false };
  } catch (error) {
    if (again === undefined || !signal.aborted) throw error;
    return { states, left: true };
  }
}
