import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import type { _Record as SdkRecord } from "@aws-sdk/client-dynamodb-streams";
import { DescribeStreamCommand, DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import type { DeployedTarget } from "../../src/core/deploy/redrive/deployed-target.ts";
import { openMender } from "../../src/core/deploy/redrive/mend-records.ts";
import type { RedriveEvent, RedriveSummary } from "../../src/core/deploy/redrive/redrive-events.ts";
import { type RedriveOptions, redriveQueue } from "../../src/core/deploy/redrive/redrive-queue.ts";
import { openStreamSource } from "../../src/core/follow/stream-source.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import { openTable } from "../../src/core/table/table.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { s3Credentials, s3Endpoint } from "../helpers/s3.ts";
import type { TestTable } from "../helpers/table.ts";
import type { MemoryQueue } from "./memory-queue.ts";

/** The stream of a test's table, which has one shard. */
export async function streamOf({ client, name }: TestTable): Promise<{ arn: string; shard: string }> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  const arn = Table!.LatestStreamArn!;
  const streams = new DynamoDBStreamsClient({ endpoint: dynamoDbEndpoint(), region: "us-east-1" });
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: arn }));
  streams.destroy();
  const [shard, ...others] = StreamDescription!.Shards!;
  if (others.length > 0) throw new TypeError("more than one shard");
  return { arn, shard: shard!.ShardId! };
}

/** What Lambda tells the queue of records that it has given up on. */
export function failureMessage(
  { arn, shard }: { arn: string; shard: string },
  records: readonly SdkRecord[],
): string {
  const sequence = (record: SdkRecord | undefined) => record!.dynamodb!.SequenceNumber!;
  return JSON.stringify({
    requestContext: { condition: "RetryAttemptsExhausted" },
    DDBStreamBatchInfo: {
      shardId: shard,
      startSequenceNumber: sequence(records[0]),
      endSequenceNumber: sequence(records.at(-1)),
      batchSize: records.length,
      streamArn: arn,
    },
  });
}

/** As it comes to a function. */
export function inWireForm({ eventName, dynamodb }: SdkRecord): object {
  const { ApproximateCreationDateTime, ...rest } = dynamodb!;
  const at = ApproximateCreationDateTime!.getTime() / 1000;
  return { eventName, dynamodb: { ...rest, ApproximateCreationDateTime: at } };
}

export const replicaOf = (location: string): DeployedTarget => ({
  kind: "replica",
  location: parseTableLocation(location),
});

export const folderOf = (bucket: string, table: string): DeployedTarget => ({
  kind: "folder",
  place: { kind: "s3", text: `s3://${bucket}/backups`, bucket, prefix: "backups" },
  table,
  options: { endpoint: s3Endpoint() },
});

const notLogged = async () => ({ unknown: "the log does not name them" });

interface Redriven {
  summary: RedriveSummary;
  events: RedriveEvent[];
}

export async function redriven(
  queue: MemoryQueue,
  { location }: TestTable,
  target: DeployedTarget,
  { dryRun = false, dropLost = false, keys = notLogged }: Partial<RedriveOptions> = {},
): Promise<Redriven> {
  const { signal } = new AbortController();
  const events: RedriveEvent[] = [];
  const patienceMs = 2_000;
  const table = parseTableLocation(location);
  const primary = await openTable(table, { label: "primary", signal });
  const access = target.kind === "folder" ? { keys: s3Credentials() } : {};
  const mender = await openMender({ primary, target, access, patienceMs, signal });
  try {
    const summary = await redriveQueue({
      queue,
      stream: ({ streamArn }) => openStreamSource(table, streamArn, { access: {}, patienceMs }),
      mender: async () => mender,
      keys,
      dryRun,
      dropLost,
      signal,
      report: (event) => void events.push(event),
    });
    return { summary, events };
  } finally {
    mender.close();
    primary.close();
  }
}
