import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorOutput,
  type StreamDescription,
} from "@aws-sdk/client-dynamodb-streams";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import pRetry from "p-retry";
import { DdbrError } from "../errors.ts";
import type { TableLocation } from "../location.ts";
import { type AccessOptions, clientAccess } from "../table/access.ts";
import { isPassing, toDdbrError } from "../table/failure.ts";
import { fetchWhole } from "../table/table-requests.ts";
import { WireProtocol } from "../table/wire-protocol.ts";

/** A part of a stream. The records of one key are in one shard, and later ones in a descendant of it. */
export interface Shard {
  id: string;
  /** Its records come before those of this one. */
  parent: string | undefined;
  /** Nothing is added to it any more. */
  closed: boolean;
}

/** Where in a shard reading begins: at the oldest record there is, at what comes from now on, or at a sequence number or after it. */
export type ReadFrom = "trim-horizon" | "latest" | { at: string } | { after: string };

/** What a stream may answer instead: the iterator is too old, what is wanted is no longer kept, or the whole shard is gone. */
export type NotRead = "expired" | "trimmed" | "gone";

export interface StreamPage {
  /** As GetRecords tells them, items in wire form. */
  records: unknown[];
  /** Where to go on; undefined: the shard is closed, and this was its end. */
  next: string | undefined;
}

/** The slice of DynamoDB Streams that is used, on one stream. Requests that fail in passing are repeated, for the source's patience. */
export interface StreamSource {
  /** All shards that are still kept, and whether the stream is on. */
  describe(signal: AbortSignal): Promise<{ shards: Shard[]; enabled: boolean }>;
  iterator(
    shard: string,
    from: ReadFrom,
    signal: AbortSignal,
  ): Promise<{ iterator: string } | Exclude<NotRead, "expired">>;
  /** At most 1000 records, and a megabyte. None does not mean that there are no more. */
  read(iterator: string, signal: AbortSignal): Promise<StreamPage | NotRead>;
  close(): void;
}

export interface StreamSourceOptions {
  access: AccessOptions;
  patienceMs: number;
  observer?: {
    answered(call: { operation: string; bytes: number }): void;
    retried(call: { operation: string; throttled: boolean }): void;
  };
}

const MOST_RECORDS = 1000;
const REQUEST_TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

const NOT_READ: Readonly<Record<string, NotRead>> = {
  ExpiredIteratorException: "expired",
  TrimmedDataAccessException: "trimmed",
  ResourceNotFoundException: "gone",
};

interface RecordsOutput {
  Records?: unknown[];
  NextShardIterator?: string;
}

/** Opens the stream of a table; nothing is sent yet. @param arn the stream's */
export async function openStreamSource(
  location: TableLocation,
  arn: string,
  { access, patienceMs, observer }: StreamSourceOptions,
): Promise<StreamSource> {
  const client = new DynamoDBStreamsClient({
    ...(await streamAccess(location, access)),
    protocol: WireProtocol,
    requestHandler: new FetchHttpHandler({
      requestTimeout: REQUEST_TIMEOUT_MS,
      customFetch: fetchWhole as typeof fetch,
    }),
    // Repeating is done here, where it is counted and can be interrupted.
    maxAttempts: 1,
  });
  client.middlewareStack.remove("loggerMiddleware");

  async function attempt<Output>(
    operation: string,
    command: object,
    signal: AbortSignal,
  ): Promise<Output | NotRead> {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    try {
      const abortSignal = AbortSignal.any([signal, timeout]);
      // WireProtocol answers GetRecords in wire form, which is not what the SDK's types say.
      const output = (await client.send(command as never, { abortSignal })) as { $bytes?: number };
      observer?.answered({ operation, bytes: output.$bytes ?? 0 });
      return output as Output;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const notRead = error instanceof Error ? NOT_READ[error.name] : undefined;
      if (notRead !== undefined) return notRead;
      throw ofStream(
        toDdbrError(timeout.aborted ? timeout.reason : error, operation, location.text),
        operation,
      );
    }
  }

  function ask<Output>(operation: string, command: object, signal: AbortSignal): Promise<Output | NotRead> {
    return pRetry(() => attempt<Output>(operation, command, signal), {
      retries: Number.POSITIVE_INFINITY,
      maxRetryTime: patienceMs,
      minTimeout: FIRST_PAUSE_MS,
      maxTimeout: LONGEST_PAUSE_MS,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => {
        if (!isPassing(error)) return false;
        observer?.retried({ operation, throttled: (error as DdbrError).code === "throttled" });
        return true;
      },
    });
  }

  return {
    async describe(signal) {
      const shards: Shard[] = [];
      let enabled = true;
      let start: string | undefined;
      do {
        const command = new DescribeStreamCommand({ StreamArn: arn, ExclusiveStartShardId: start });
        const output = await ask<{ StreamDescription?: StreamDescription }>(
          "DescribeStream",
          command,
          signal,
        );
        if (typeof output === "string") throw streamGone(location.text);
        const { Shards, StreamStatus, LastEvaluatedShardId } = output.StreamDescription ?? {};
        for (const { ShardId, ParentShardId, SequenceNumberRange } of Shards ?? []) {
          const closed = SequenceNumberRange?.EndingSequenceNumber !== undefined;
          shards.push({ id: ShardId!, parent: ParentShardId, closed });
        }
        enabled = StreamStatus === undefined || StreamStatus === "ENABLED" || StreamStatus === "ENABLING";
        start = LastEvaluatedShardId;
      } while (start !== undefined);
      return { shards, enabled };
    },

    async iterator(ShardId, from, signal) {
      const command = new GetShardIteratorCommand({ StreamArn: arn, ShardId, ...placeOf(from) });
      const output = await ask<GetShardIteratorOutput>("GetShardIterator", command, signal);
      if (typeof output !== "string") return { iterator: output.ShardIterator! };
      return output === "expired" ? "trimmed" : output;
    },

    async read(iterator, signal) {
      const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: MOST_RECORDS });
      const output = await ask<RecordsOutput>("GetRecords", command, signal);
      if (typeof output === "string") return output;
      return { records: output.Records ?? [], next: output.NextShardIterator || undefined };
    },

    close: () => client.destroy(),
  };
}

function placeOf(from: ReadFrom) {
  if (from === "latest") return { ShardIteratorType: "LATEST" } as const;
  if (from === "trim-horizon") return { ShardIteratorType: "TRIM_HORIZON" } as const;
  return "at" in from
    ? ({ ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber: from.at } as const)
    : ({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: from.after } as const);
}

/** A server of one's own has streams at its one address; AWS has them at another than its tables. */
async function streamAccess({ region, endpoint }: TableLocation, access: AccessOptions) {
  const place = { ...(region !== undefined && { region }), ...(endpoint !== undefined && { endpoint }) };
  const config = await clientAccess(place, access, "dynamodb_streams");
  if (endpoint !== undefined && isOfAws(endpoint)) delete config.endpoint;
  return config;
}

function isOfAws(endpoint: string): boolean {
  return /\.amazonaws\.com(\.cn)?$/i.test(URL.parse(endpoint)?.hostname ?? "");
}

function ofStream(error: DdbrError, operation: string): DdbrError {
  if (error.code !== "permission") return error;
  const { message, subject, cause } = error;
  return new DdbrError("permission", message, {
    ...(subject !== undefined && { subject }),
    hint: `grant dynamodb:${operation} on the table's stream, arn:…:table/<table>/stream/*`,
    cause,
  });
}

function streamGone(subject: string): DdbrError {
  return new DdbrError("table-state", "the table's stream is gone", {
    subject,
    hint: "a stream that is turned off is kept for a day: start anew with another --checkpoint, then diff-tables --repair",
  });
}
