import type { PauseGate } from "../pause-gate.ts";
import type { StreamTarget } from "../stream/stream-target.ts";
import type { Followed } from "./checkpoint.ts";
import type { CheckpointFile } from "./checkpoint-file.ts";
import type { FollowReport } from "./follow-events.ts";
import type { SkippedFile } from "./skipped-file.ts";
import type { StreamSource } from "./stream-source.ts";

/** Where a run without a checkpoint starts: at the oldest record, at what comes from now on, or at a moment (milliseconds since 1970). */
export type FollowStart = "trim-horizon" | "latest" | { since: number };

export interface FollowOptions {
  source: StreamSource;
  target: StreamTarget;
  kind: "replica" | "folder";
  /** Locations, as typed. */
  primary: string;
  targetName: string;
  /** What the checkpoint is of, and where it is kept; checked to be of the same. */
  followed: Followed;
  file: CheckpointFile;
  start: FollowStart;
  /** Ends when all that there is at the start is done. */
  untilCaughtUp: boolean;
  /** Pages of records in memory at the same time. */
  concurrency: number;
  patienceMs: number;
  /** Between two reads of a shard at least; while nothing comes it is more. */
  betweenReadsMs?: number;
  skipped?: SkippedFile | undefined;
  /** Told once the run has started. */
  warnings?: readonly string[];
  /** Is told where to tell of requests to the stream and the target. */
  observe?(report: FollowReport): void;
}

export interface FollowControls {
  signal: AbortSignal;
  gate?: PauseGate;
  report: FollowReport;
}
