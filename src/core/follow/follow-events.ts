import type { WireKey } from "../item/attribute-value.ts";
import type { StreamEvent } from "../stream/stream-record.ts";

/** The stream that is read, or what it is replayed onto. */
export type FollowEnd = "stream" | "target";

export interface FollowEndTotals {
  requests: number;
  /** Of answers (stream, replica) or of bodies sent (folder). */
  bytes: number;
  writeUnits: number;
  retries: number;
  throttles: number;
}

export interface FollowTotals {
  /** Records that came from the stream. */
  read: number;
  /** Of them: in the target, durably. */
  written: number;
  /** A later record of the same key was written instead. */
  superseded: number;
  /** Were done before, by this very run. */
  repeated: number;
  /** Happened before the time to start at. */
  passedOver: number;
  /** Given up on (`--skip-failed`). */
  skipped: number;
  /** Shards of which records were no longer kept when their turn came. */
  lost: number;
  shardsDone: number;
  stream: FollowEndTotals;
  target: FollowEndTotals;
}

export interface FollowSummary {
  /** `caught-up` only where that was asked for. */
  outcome: "caught-up" | "incomplete" | "interrupted";
  totals: FollowTotals;
  /** Wall time, milliseconds. */
  elapsedMs: number;
  /** Milliseconds since the last event that is done, of the shard that is furthest behind; 0: all are at their end. Undefined where unknown. */
  lagMs: number | undefined;
  /** The file that the next run goes on from. */
  checkpoint: string;
  /** Why an `incomplete` run ended; one line. */
  failure?: string;
}

/** A change that has reached the target. */
export interface FollowedChange {
  event: StreamEvent;
  key: WireKey;
  /** Milliseconds since 1970. */
  at: number | undefined;
}

/** A record that is given up on; one that makes no sense has no key. */
export interface SkippedRecord {
  shard: string;
  sequence: string;
  key?: WireKey;
  /** One line. */
  reason: string;
}

/** Everything that happens while a stream is followed: numbers and keys, never prose. */
export type FollowEvent =
  | {
      type: "started";
      /** Locations, as typed. */
      primary: string;
      target: string;
      kind: "replica" | "folder";
      /** The stream's ARN. */
      stream: string;
      /** The file that tells how far the run is. */
      checkpoint: string;
      /** Goes on where an earlier run has stopped. */
      resumed: boolean;
      /** Where a first run starts: `trim-horizon`, `latest` or a time, ISO 8601. */
      start: string;
    }
  /** The stream was looked at: so many shards are kept, and so many of them wait for their parent. */
  | { type: "shards"; listed: number; waiting: number }
  /** `after` is the sequence number that an earlier run was at, `at` when that happened, milliseconds since 1970. */
  | { type: "shard-started"; shard: string; after: string | undefined; at: number | undefined }
  | { type: "read"; shard: string; records: number }
  | {
      type: "replayed";
      shard: string;
      written: number;
      superseded: number;
      repeated: number;
      passedOver: number;
      /** When the last of them that are done happened, milliseconds since 1970. */
      at: number | undefined;
      /** Some of those that are done, the last at the end. */
      latest: readonly FollowedChange[];
    }
  /** Some records were refused, and are tried again. */
  | { type: "refused"; shard: string; records: number; reason: string }
  /** There was nothing more in it just now. */
  | { type: "up-to-date"; shard: string }
  | { type: "shard-done"; shard: string }
  | ({ type: "skipped" } & SkippedRecord)
  /** Records of the shard were no longer kept when their turn came. */
  | { type: "lost"; shard: string; after: string | undefined }
  | {
      type: "answered";
      end: FollowEnd;
      operation: string;
      bytes: number;
      writeUnits: number;
    }
  | { type: "retried"; end: FollowEnd; operation: string; throttled: boolean }
  /** The checkpoint tells of all that is done. */
  | { type: "saved" }
  /** One line; the run goes on. */
  | { type: "warning"; message: string }
  | { type: "finished"; summary: FollowSummary };

export type FollowReport = (event: FollowEvent) => void;
