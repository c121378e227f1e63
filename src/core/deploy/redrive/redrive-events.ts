import type { WireKey } from "../../item/attribute-value.ts";
import type { ReplicatedRecord } from "../../record/replicate-records.ts";

/**
 * Why a message stays in the queue.
 * - `lost`: the stream does not hold its records any more, and the function's log does not name them: which they were is not known
 * - `undone`: something could not be done · `foreign`: it is no message of Lambda's on a stream · `dry-run`
 */
export type KeptReason = "lost" | "undone" | "foreign" | "dry-run";

export interface RedriveSummary {
  /** Messages, in all. */
  messages: number;
  mended: number;
  /** Deleted though their records were lost. */
  dropped: number;
  kept: number;
  /** Of the kept: those whose records are lost. */
  lost: number;
  /** Records that are mended, or were right. */
  records: number;
  elapsedMs: number;
}

/** Everything that happens while a failure queue is redriven. */
export type RedriveEvent =
  | { type: "message"; message: string; shard: string; start: string; end: string; records: number }
  | { type: "record"; key: WireKey; action: ReplicatedRecord["action"]; reason?: string }
  /** @property from the stream still held the records, or else the function's log names their keys */
  | { type: "mended"; message: string; records: number; from: "stream" | "log" }
  /** @property table the table whose changes are lost, where that is known */
  | { type: "kept"; message: string; because: KeptReason; table?: string; reason?: string }
  | { type: "dropped"; message: string; table: string }
  | { type: "finished"; summary: RedriveSummary };

export type RedriveReport = (event: RedriveEvent) => void;
