import type { Bound, BoundKind, RateBound } from "../../core/estimate/bounds.ts";
import type { EngineEstimate } from "../../core/estimate/estimate.ts";
import type { LimitName } from "../../core/estimate/limits.ts";
import { formatCount, formatDuration } from "../output/figures.ts";

const MINUTE = 60;
const HOUR = 3600;

/** As exact as it matters: `6h 24m`, `3m 12s`, `4.1s`. */
export function shownTime(seconds: number): string {
  const unit = seconds >= HOUR ? MINUTE : seconds >= MINUTE ? 1 : 0.1;
  return formatDuration(Math.round(seconds / unit) * unit * 1000);
}

const WHAT: Record<BoundKind, string> = {
  cpu: "processors",
  answers: "waiting for answers",
  begun: "beginning",
  "read-units": "read units",
  "write-units": "write units",
  "s3-reads": "reading from S3",
  "s3-writes": "writing to S3",
};

const BY: Record<RateBound, string> = {
  limit: "the run's limit",
  quota: "a table's quota",
  partitions: "the partitions",
  prefix: "under one prefix",
};

/** How long each thing takes for itself, the longest first: that is the limit. */
export function boundLines({ bounds }: EngineEstimate): string[] {
  return bounds.map((bound) => `    ${shownTime(bound.seconds).padStart(11)}  ${boundText(bound)}`);
}

function boundText({ kind, end, allowed }: Bound): string {
  const what = end === undefined || end === "backup" ? WHAT[kind] : `${end}'s ${WHAT[kind]}`;
  return allowed === undefined ? what : `${what}: ${formatCount(allowed.rate)} a second, ${BY[allowed.by]}`;
}

const LIMITS: Record<LimitName, string> = {
  array: "jobs of an array",
  concurrency: "calls at once in an account",
  children: "executions at once of a map",
  events: "events of a segment's execution",
  input: "bytes of the execution's input",
};

/** What the engine allows. */
export function limitLines({ limits }: EngineEstimate): string[] {
  return limits.map(({ name, used, allowed }) => {
    const over = used > allowed ? " - TOO MANY" : "";
    return `    ${formatCount(used).padStart(11)}  of ${formatCount(allowed)} ${LIMITS[name]}${over}`;
  });
}
