import { DdbrError } from "../errors.ts";

/** How far a shard is. One that isn't named is begun at its oldest record. */
export type ShardPosition =
  | { state: "done" }
  /** All up to this sequence number is done; `at` is when that happened, milliseconds since 1970. `since` as below, where that has not come yet. */
  | { state: "read"; after: string; at?: number; since?: number }
  /** Nothing of it is done yet, and what happened before `since` need not be (`--start latest`). */
  | { state: "latest"; since: number };

/** How far a stream has been followed; the format of the checkpoint file. */
export interface FollowCheckpoint {
  format: "ddbr-follow";
  version: 1;
  /** The stream's ARN, which tells it from an earlier or later one of the same table. */
  stream: string;
  /** When the table was made, milliseconds since 1970: servers of one's own give all tables of a name the same ARN. */
  createdAt: number;
  /** What it is replayed onto. */
  target: string;
  /** Where the first run started: `trim-horizon`, `latest` or a time, ISO 8601. */
  start: string;
  /** When this was true, ISO 8601. */
  savedAt: string;
  shards: Record<string, ShardPosition>;
}

/** What a checkpoint must be of to be gone on from. */
export type Followed = Pick<FollowCheckpoint, "stream" | "createdAt" | "target">;

/** @param path for errors. @throws DdbrError `damaged` */
export function parseCheckpoint(text: string, path: string): FollowCheckpoint {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isCheckpoint(value)) return value;
  throw new DdbrError("damaged", "is no checkpoint of follow", {
    subject: path,
    hint: "name another file with --checkpoint, or remove it to begin anew",
  });
}

/** @throws DdbrError `exists` where the checkpoint is that of another stream or target */
export function refuseOther(found: FollowCheckpoint, wanted: Followed, path: string): void {
  const refuse = (problem: string, hint: string) =>
    new DdbrError("exists", `the checkpoint is of ${problem}`, { subject: path, hint });
  if (found.target !== wanted.target) {
    throw refuse(
      `another target, ${found.target}`,
      "name another file with --checkpoint; a replica that was made anew is filled first (diff-tables --backfill)",
    );
  }
  if (tableOf(found.stream) !== tableOf(wanted.stream) || found.createdAt !== wanted.createdAt) {
    throw refuse(`another table's stream, ${found.stream}`, "name another file with --checkpoint");
  }
  if (found.stream !== wanted.stream) {
    throw refuse(
      `an earlier stream of the table, ${found.stream}: it was turned off and on since`,
      "remove the file to begin with the new stream, then mend what happened in between: diff-tables --repair or incremental-diff --repair",
    );
  }
}

/** `arn:…:table/<table>/stream/<label>` */
function tableOf(stream: string): string {
  return stream.replace(/\/stream\/.*$/, "");
}

function isCheckpoint(value: unknown): value is FollowCheckpoint {
  if (typeof value !== "object" || value === null) return false;
  const { format, version, stream, createdAt, target, start, savedAt, shards } =
    value as Partial<FollowCheckpoint>;
  return (
    format === "ddbr-follow" &&
    version === 1 &&
    [stream, target].every((text) => typeof text === "string") &&
    typeof createdAt === "number" &&
    typeof start === "string" &&
    isStart(start) &&
    !Number.isNaN(Date.parse(String(savedAt))) &&
    typeof shards === "object" &&
    shards !== null &&
    Object.values(shards).every(isPosition)
  );
}

function isStart(text: string): boolean {
  return text === "trim-horizon" || text === "latest" || !Number.isNaN(Date.parse(text));
}

function isPosition(value: unknown): value is ShardPosition {
  if (typeof value !== "object" || value === null) return false;
  const { state, after, at, since } = value as Record<string, unknown>;
  if (state === "done") return true;
  if (state === "latest") return typeof since === "number";
  const timed = [at, since].every((time) => time === undefined || typeof time === "number");
  return state === "read" && timed && typeof after === "string" && /^\d{1,40}$/.test(after);
}
