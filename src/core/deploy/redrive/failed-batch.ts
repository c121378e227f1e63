import { DdbrError } from "../../errors.ts";
import { parseTableLocation, type TableLocation } from "../../location.ts";

/** Records of a stream that Lambda has given up on, as its message to the failure queue names them: by place, not by content. */
export interface FailedBatch {
  streamArn: string;
  shard: string;
  /** The first and the last, sequence numbers. */
  start: string;
  end: string;
  records: number;
  /** When Lambda gave up, milliseconds since 1970; undefined where the message does not tell. */
  at: number | undefined;
}

/** Reads a message's body; undefined when it is not of that kind. */
export function parseFailedBatch(body: string): FailedBatch | undefined {
  const message = objectOf(parsed(body));
  const info = objectOf(message.DDBStreamBatchInfo);
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber, batchSize } = info;
  if (![streamArn, shardId].every((text) => typeof text === "string" && text !== "")) return undefined;
  if (![startSequenceNumber, endSequenceNumber].every(isSequence)) return undefined;
  return {
    streamArn: String(streamArn),
    shard: String(shardId),
    start: String(startSequenceNumber),
    end: String(endSequenceNumber),
    records: typeof batchSize === "number" ? batchSize : 0,
    at: timeOf(message.timestamp),
  };
}

/** The table whose stream it is. @throws DdbrError `location` */
export function primaryOf(streamArn: string): TableLocation {
  const [, region, table] = /^arn:[^:]+:dynamodb:([^:]+):\d*:table\/([^/]+)\/stream\//.exec(streamArn) ?? [];
  if (region !== undefined && table !== undefined) return parseTableLocation(`${region}/${table}`);
  throw new DdbrError("location", "is no table's stream", { subject: streamArn });
}

function timeOf(value: unknown): number | undefined {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function isSequence(value: unknown): boolean {
  return typeof value === "string" && /^\d{1,40}$/.test(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
