import type { EngineRun } from "./engines.ts";
import { HEARTBEAT_SECONDS, STATE_REQUESTS } from "./parameters.ts";
import type { Question } from "./question.ts";
import { between, type Range } from "./range.ts";
import { type Part, s3Part } from "./work.ts";

/** How much more may be asked of a state than is reckoned with: when workers die, or are many, they look more often. */
const FURTHER = 4;

/**
 * What the state of a run takes that many workers share: each segment, what keeps it its worker's, and, where they share a limit, what the
 * workers tell each other.
 */
export function stateParts(
  question: Question,
  { seconds, workers, segments, lanes }: EngineRun & { lanes: number },
  renewalSeconds: number,
): Part[] {
  const isLimited = question.maxReadUnits !== undefined || question.maxWriteUnits !== undefined;
  const heartbeats = isLimited ? (seconds * workers) / HEARTBEAT_SECONDS : 0;
  const renewals = (seconds * lanes) / renewalSeconds;
  const about = (each: number, more = 0): Range => {
    const likely = Math.ceil(segments * each + more);
    return between(segments, likely, likely * FURTHER);
  };
  return [
    s3Part("state", "PUT", "put", about(STATE_REQUESTS.put, renewals + heartbeats)),
    s3Part("state", "LIST", "put", about(STATE_REQUESTS.list, heartbeats)),
    s3Part("state", "GET", "get", about(STATE_REQUESTS.get)),
  ];
}
