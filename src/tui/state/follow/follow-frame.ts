import type { FollowEnd, FollowSummary } from "../../../core/follow/follow-events.ts";
import { lagOf } from "../../../core/follow/follow-progress.ts";
import type { Pulse } from "../pulse.ts";
import type { FollowState } from "./follow-state.ts";

export const FOLLOW_COUNTERS = ["records", "bytes", "writeUnits"] as const;

export type FollowCounter = (typeof FOLLOW_COUNTERS)[number];
export type FollowCounts = Record<FollowEnd, Record<FollowCounter, number>>;

/** Everything that one drawing of the dashboard shows. */
export interface FollowFrame extends Pulse {
  state: FollowState;
  /** Per second. */
  rates: FollowCounts;
  /** Milliseconds since 1970. */
  now: number;
  /** Records dealt with in each of the last seconds, the last at the end. */
  history(seconds: number): readonly number[];
}

/** What is counted at each end, as rates are made of it. */
export function followCounters({ progress: { totals } }: FollowState): FollowCounts {
  const { stream, target, read, written } = totals;
  return {
    stream: { records: read, bytes: stream.bytes, writeUnits: 0 },
    target: { records: written, bytes: target.bytes, writeUnits: target.writeUnits },
  };
}

/** Milliseconds that the run is behind, 0 when it is up to date; undefined while nothing is known. */
export function frameLag({ state, now }: FollowFrame): number | undefined {
  return state.summary === undefined ? lagOf(state.progress, now) : state.summary.lagMs;
}

/** What a finished run came to, in a word. */
export function followOutcome(summary: FollowSummary | undefined): string {
  return summary === undefined ? "finished" : summary.outcome.replace("-", " ");
}
