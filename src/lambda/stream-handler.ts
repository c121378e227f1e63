import type { Context, DynamoDBBatchResponse } from "aws-lambda";
import { DdbrError, describeError } from "../core/errors.ts";
import { type ReplayedBatch, replayBatch, type Turnover } from "../core/stream/replay-batch.ts";
import { readStreamRecord, type StreamRecord } from "../core/stream/stream-record.ts";
import type { StreamTarget } from "../core/stream/stream-target.ts";
import { WrittenBefore } from "../core/stream/written-before.ts";
import { untilStopped } from "../core/until-stopped.ts";
import type { CallCounter } from "./calls.ts";
import { beforeTimeout } from "./deadline.ts";
import { requestIdOf } from "./request-id.ts";
import { begin, publish, type Telemetry } from "./telemetry.ts";

export interface StreamFunction {
  telemetry: Telemetry;
  calls: CallCounter;
  turnover: Turnover | undefined;
  /** Opened when the first batch comes. @param table the name of the table whose stream it is, where that is told */
  open(table: string | undefined): Promise<StreamTarget>;
}

/** Answers a batch of a table's stream; Lambda delivers again from the first record named. */
export type StreamHandler = (event: unknown, context: Context) => Promise<DynamoDBBatchResponse>;

interface OpenStream {
  target: StreamTarget;
  before: WrittenBefore;
}

/** A function that replays each batch it is given, as far as it can be done in time. */
export function streamHandler({ telemetry, calls, turnover, open }: StreamFunction): StreamHandler {
  /** By the stream's ARN: a table that was made anew counts its changes anew. */
  const streams = new Map<string, Promise<OpenStream>>();

  function openStream(arn: string, table: string | undefined): Promise<OpenStream> {
    let stream = streams.get(arn);
    if (stream === undefined) {
      stream = open(table).then((target) => ({ target, before: new WrittenBefore() }));
      streams.set(arn, stream);
      // What failed may do next time.
      stream.catch(() => streams.delete(arn));
    }
    return stream;
  }

  return async (event, context) => {
    const startedAt = performance.now();
    begin(telemetry, context);
    const signal = beforeTimeout(context);
    let table: string | undefined;
    try {
      const { arn, values } = recordsOf(event);
      if (values.length === 0) return { batchItemFailures: [] };
      table = tableOf(arn);
      const records = values.map((value) => readStreamRecord(value, CONNECT));
      const { target, before } = await inTime(openStream(arn, table), signal);
      const replayed = await replayBatch(records, { target, before, turnover }, signal);
      const lagMs = longestLag(records);
      const durationMs = Math.round(performance.now() - startedAt);
      tell(telemetry, { table, records: records.length, replayed, lagMs, durationMs, ...calls.take() });
      return { batchItemFailures: replayed.again.map((itemIdentifier) => ({ itemIdentifier })) };
    } catch (error) {
      telemetry.logger.error("batch failed", { table, problem: describeError(error), ...calls.take() });
      publish(telemetry, table, { count: { BatchFailures: 1 } });
      // Lambda repeats the batch, and shows the message.
      throw new Error(describeError(error), { cause: error });
    }
  };
}

/** What is still being opened when the time is up may be open for the next batch. */
function inTime<Opened>(opening: Promise<Opened>, signal: AbortSignal): Promise<Opened> {
  return untilStopped(opening, signal).catch((error) => {
    if (error !== signal.reason) throw error;
    throw new DdbrError("connection", "the target does not answer before the function's time-out", {
      hint: "check the address and the network (security groups, routes, VPC endpoints), or give the function more time",
    });
  });
}

const CONNECT = "connect the function to a table's stream";

/** The batch's records, and the ARN of their stream. */
function recordsOf(event: unknown): { arn: string; values: unknown[] } {
  const values = (event as { Records?: unknown } | null)?.Records;
  if (!Array.isArray(values)) {
    throw new DdbrError("record", "the event holds no Records of a stream", { hint: CONNECT });
  }
  return { arn: String(values[0]?.eventSourceARN ?? ""), values };
}

/** `arn:aws:dynamodb:<region>:<account>:table/<table>/stream/<label>` */
function tableOf(arn: string): string | undefined {
  return /:table\/([a-zA-Z0-9_.-]+)/.exec(arn)?.[1];
}

function longestLag(records: readonly object[]): number | undefined {
  const times = records.flatMap((record) => (record as Partial<StreamRecord>).at ?? []);
  return times.length === 0 ? undefined : Math.max(0, Date.now() - times.reduce((a, b) => Math.min(a, b)));
}

type Taken = ReturnType<CallCounter["take"]>;

interface ToldBatch extends Taken {
  table: string | undefined;
  records: number;
  replayed: ReplayedBatch;
  lagMs: number | undefined;
  durationMs: number;
}

/** A line is cut off at 256 KB. */
const MOST_FAILURES_TOLD = 20;

/** One line a batch, and its metrics. */
function tell(telemetry: Telemetry, batch: ToldBatch): void {
  const { table, records, replayed, lagMs, durationMs, calls, lastRetry } = batch;
  const { written, superseded, repeated, passedOver, failed, unreadable, left, again } = replayed;
  const line = {
    table,
    records,
    written,
    superseded,
    repeated,
    passedOver,
    failed: failed.length + unreadable.length,
    left: left.length,
    lagMs,
    durationMs,
    calls,
    ...(left.length > 0 && { lastRetry }),
    ...(again[0] !== undefined && { againFrom: again[0] }),
    ...(failed.length + unreadable.length > 0 && {
      failures: [
        ...unreadable,
        ...failed.map(({ record: { sequence, key }, error }) => ({
          sequence,
          key,
          problem: describeError(error),
          requestId: requestIdOf(error),
        })),
      ].slice(0, MOST_FAILURES_TOLD),
    }),
  };
  if (again.length > 0) telemetry.logger.warn("batch", line);
  else telemetry.logger.info("batch", line);
  publish(telemetry, table, {
    count: {
      Records: records,
      Written: written,
      Failures: failed.length + unreadable.length,
      Left: left.length,
      Retries: calls.retries,
      Throttled: calls.throttled,
      WriteUnits: calls.writeUnits,
    },
    milliseconds: { Lag: lagMs, Duration: durationMs },
  });
}
