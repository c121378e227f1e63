import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import { GetObjectCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, GetQueueUrlCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { uniqueName } from "../test/helpers/environment.ts";
import { type Account, ELSEWHERE, eventsOf, HOME, openAccount } from "./helpers/account.ts";
import { aws } from "./helpers/backup-metrics.ts";

const MINUTE = 60_000;

let account: Account;
beforeAll(async () => {
  account = await openAccount();
}, MINUTE);
afterAll(() => account.close());

/** A primary with some changes in its stream, the last of which are of records that came before. */
async function changedTable(): Promise<{
  table: string;
  shard: string;
  stream: string;
  sequences: string[];
}> {
  const TableName = uniqueName("orders");
  await account.createTable(HOME, TableName, "NEW_AND_OLD_IMAGES");
  const put = (id: string, v: number) =>
    account.dynamo.send(new PutItemCommand({ TableName, Item: { id: { S: id }, v: { N: `${v}` } } }));
  await put("a", 1);
  await put("b", 2);
  await put("c", 3);
  await put("a", 4);
  await account.dynamo.send(new DeleteItemCommand({ TableName, Key: { id: { S: "b" } } }));
  const stream = (await account.streamOf(TableName))!;
  const streams = new DynamoDBStreamsClient({ endpoint: aws(), region: HOME });
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: stream }));
  const shard = StreamDescription!.Shards![0]!.ShardId!;
  const first = { StreamArn: stream, ShardId: shard, ShardIteratorType: "TRIM_HORIZON" } as const;
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand(first));
  const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  streams.destroy();
  return {
    table: TableName,
    shard,
    stream,
    sequences: Records!.map(({ dynamodb }) => dynamodb!.SequenceNumber!),
  };
}

type Changed = Awaited<ReturnType<typeof changedTable>>;

/** Tells the failure queue of records, as Lambda does. */
async function giveUpOn(name: string, { shard, stream, sequences }: Changed, from: number, to: number) {
  const QueueUrl = await queueOf(name);
  const MessageBody = JSON.stringify({
    requestContext: {
      requestId: "316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",
      functionArn: `arn:aws:lambda:${HOME}:123456789012:function:${name}`,
      condition: "RetryAttemptsExhausted",
      approximateInvokeCount: 1,
    },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    version: "1.0",
    timestamp: "2026-11-20T00:13:49.717Z",
    DDBStreamBatchInfo: {
      shardId: shard,
      startSequenceNumber: sequences[from],
      endSequenceNumber: sequences[to],
      approximateArrivalOfFirstRecord: "2026-11-20T00:13:19Z",
      approximateArrivalOfLastRecord: "2026-11-20T00:13:19Z",
      batchSize: to - from + 1,
      streamArn: stream,
    },
  });
  await account.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

async function queueOf(name: string): Promise<string> {
  return (await account.sqs.send(new GetQueueUrlCommand({ QueueName: `${name}-failed` }))).QueueUrl!;
}

async function waiting(name: string): Promise<number> {
  const AttributeNames = ["ApproximateNumberOfMessages" as const];
  const QueueUrl = await queueOf(name);
  const { Attributes } = await account.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes!.ApproximateNumberOfMessages);
}

async function deploy(...words: string[]): Promise<string> {
  const name = uniqueName("redriven");
  const code = ["--code", `s3://${account.codeBucket}`, "--name", name, "--yes"];
  const { code: exit, stderr } = await account.ddbr(["lambda", "deploy", ...words, ...code]);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  return name;
}

async function redrive(name: string, ...options: string[]) {
  const { code, stdout, stderr } = await account.ddbr(["lambda", "redrive", name, "--json", ...options]);
  expect(stderr).toBe("");
  return { code, events: eventsOf(stdout) };
}

async function itemsOf(region: string, TableName: string): Promise<Record<string, AttributeValue>[]> {
  const client = new DynamoDBClient({ endpoint: aws(), region });
  const { Items } = await client.send(new ScanCommand({ TableName }));
  client.destroy();
  return Items!.toSorted((one, other) => (one.id!.S! < other.id!.S! ? -1 : 1));
}

test(
  "a replica's records are made what the primary's are now, and the messages deleted",
  async () => {
    const changed = await changedTable();
    const { table } = changed;
    await account.createTable(ELSEWHERE, table);
    const name = await deploy("replicator", `${HOME}/${table}`, `${ELSEWHERE}/${table}`);
    await giveUpOn(name, changed, 0, 1);
    await giveUpOn(name, changed, 2, 2);

    const dry = await redrive(name, "--dry-run");
    expect(dry.code).toBe(1);
    expect(dry.events.at(-1)).toMatchObject({ event: "finished", messages: 2, kept: 2, mended: 0 });
    expect(await waiting(name)).toBe(2);
    expect(await itemsOf(ELSEWHERE, table)).toEqual([]);

    const done = await redrive(name);
    expect(done.code).toBe(0);
    expect(done.events.at(-1)).toMatchObject({ messages: 2, kept: 0, mended: 2, records: 3 });
    expect(await waiting(name)).toBe(0);
    // Of the first message: as it became later; deleted since.
    expect(await itemsOf(ELSEWHERE, table)).toEqual([
      { id: { S: "a" }, v: { N: "4" } },
      { id: { S: "c" }, v: { N: "3" } },
    ]);
    expect(await redrive(name)).toMatchObject({ code: 0, events: [{ event: "finished", messages: 0 }] });
  },
  MINUTE,
);

test(
  "a backup's images go into the history, and each record ends with what the table holds",
  async () => {
    const changed = await changedTable();
    const { table } = changed;
    const name = await deploy("backup", `${HOME}/${table}`, `s3://${account.backupBucket}/inc`);
    await giveUpOn(name, changed, 0, 4);
    const { code, events } = await redrive(name);
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ messages: 1, mended: 1, records: 3 });
    const Bucket = account.backupBucket;
    const listed = await account.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: `inc/${table}/` }));
    const versions = await Promise.all(
      listed.Versions!.map(async ({ Key, VersionId }) => {
        const { Body, Metadata } = await account.s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
        const text = await Body!.transformToString();
        return `${Metadata!["ddbr-sequence"]} ${text === "" ? "deleted" : JSON.parse(text).v.N}`;
      }),
    );
    const numbers = ["1", "2", "3", "4", "deleted"];
    expect(versions.sort()).toEqual(changed.sequences.map((sequence, at) => `${sequence} ${numbers[at]}`));
    const { code: compared } = await account.ddbr([
      ...["incremental-diff", `${HOME}/${table}`, `s3://${Bucket}/inc`, "--settle", "0"],
    ]);
    expect(compared).toBe(0);
  },
  MINUTE,
);
