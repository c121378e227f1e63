import { afterAll, beforeAll, expect, test } from "bun:test";
import { GetQueueAttributesCommand, GetQueueUrlCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { uniqueName } from "../test/helpers/environment.ts";
import { type Account, ELSEWHERE, eventsOf, HOME, openAccount } from "./helpers/account.ts";
import { type ChangedTable, changedTable, REMAINING } from "./helpers/changed-table.ts";
import { itemsOf, versionsByStream, versionsOf } from "./helpers/written.ts";

const MINUTE = 60_000;

let account: Account;
beforeAll(async () => {
  account = await openAccount();
}, MINUTE);
afterAll(() => account.close());

/** Tells the failure queue of records, as Lambda does. */
async function giveUpOn(name: string, { shard, stream, records }: ChangedTable, from: number, to: number) {
  const QueueUrl = await queueOf(name);
  const sequenceAt = (at: number) => records[at]!.dynamodb!.SequenceNumber;
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
      startSequenceNumber: sequenceAt(from),
      endSequenceNumber: sequenceAt(to),
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

test(
  "a replica's records are made what the primary's are now, and the messages deleted",
  async () => {
    const changed = await changedTable(account);
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
    expect(await itemsOf(ELSEWHERE, table)).toEqual(REMAINING);
    expect(await redrive(name)).toMatchObject({ code: 0, events: [{ event: "finished", messages: 0 }] });
  },
  MINUTE,
);

test(
  "a backup's images go into the history, and each record ends with what the table holds",
  async () => {
    const changed = await changedTable(account);
    const { table } = changed;
    const name = await deploy("backup", `${HOME}/${table}`, `s3://${account.backupBucket}/inc`);
    await giveUpOn(name, changed, 0, 4);
    const { code, events } = await redrive(name);
    expect(code).toBe(0);
    expect(events.at(-1)).toMatchObject({ messages: 1, mended: 1, records: 3 });
    const versions = await versionsOf(account, table);
    expect(versions).toEqual(versionsByStream(changed));
    expect(versions).toHaveLength(5);
    const { code: compared } = await account.ddbr([
      ...["incremental-diff", `${HOME}/${table}`, `s3://${account.backupBucket}/inc`, "--settle", "0"],
    ]);
    expect(compared).toBe(0);
  },
  MINUTE,
);
