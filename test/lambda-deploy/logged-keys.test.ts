import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { _Record as SdkRecord } from "@aws-sdk/client-dynamodb-streams";
import type { FailedBatch } from "../../src/core/deploy/redrive/failed-batch.ts";
import { parseFailedBatch } from "../../src/core/deploy/redrive/failed-batch.ts";
import { keysTold } from "../../src/core/deploy/redrive/logged-keys.ts";
import { runProgram } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { recordWrites, writesTo } from "../helpers/stream.ts";
import { ID_KEY, withTables } from "../helpers/table.ts";
import { MINUTE } from "../lambda/functions.ts";
import { createIndexedTable, REFUSED } from "../lambda/replica-table.ts";
import { memoryQueue } from "./memory-queue.ts";
import { failureMessage, inWireForm, redriven, replicaOf, streamOf } from "./redriven.ts";
import { STREAM } from "./template-parameters.ts";

const BATCH: FailedBatch = {
  streamArn: STREAM,
  shard: "shardId-1",
  start: "100000000000000000000009",
  end: "100000000000000000000011",
  records: 2,
  at: 0,
};
const [FIRST, LAST] = [BATCH.start, BATCH.end];
const a = { id: { S: "a" } };
const b = { id: { S: "b" }, at: { N: "1" } };

const line = (failures: unknown[], more = {}) =>
  JSON.stringify({ level: "WARN", message: "batch", table: "orders", failures, ...more });
const told = (sequence: unknown, key: unknown) => ({ sequence, key, problem: "refused" });

describe("the keys of a batch", () => {
  test("are known where one line names all of its records, each key once", () => {
    const before = told("100000000000000000000008", { id: { S: "before" } });
    const lines = [
      "START RequestId: 1",
      line([told(LAST, b)]),
      line([before, told(LAST, b), told(FIRST, a)]),
    ];
    expect(keysTold(lines, BATCH)).toEqual([b, a]);
    const again = { at: { N: "1" }, id: { S: "b" } };
    expect(keysTold([line([told(FIRST, b), told(LAST, again)])], BATCH)).toHaveLength(1);
  });

  test.each<[string, string[]]>([
    ["nothing is logged", []],
    ["one is missing", [line([told(FIRST, a)])]],
    [
      "lines of different calls, perhaps of different shards, name one each",
      [line([told(FIRST, a)]), line([told(LAST, b)])],
    ],
    ["one made no sense, and has no key", [line([told(FIRST, a), told(LAST, undefined)])]],
    ["one is named twice", [line([told(FIRST, a), told(FIRST, b)])]],
    ["it is another table's", [line([told(FIRST, a), told(LAST, b)], { table: "jobs" })]],
    ["it is another line", [line([told(FIRST, a), told(LAST, b)], { message: "batch failed" })]],
    ["a key is none", [line([told(FIRST, { id: "a" }), told(LAST, b)])]],
    ["a key has another type", [line([told(FIRST, { id: { M: {} } }), told(LAST, b)])]],
    ["a place is none", [line([told("9".repeat(41), a), told(LAST, b)])]],
    ["it is cut off", [line([told(FIRST, a), told(LAST, b)]).slice(0, -3), "null", "[]"]],
  ])("are not known where %s", (_, lines) => {
    expect(keysTold(lines, BATCH)).toBeUndefined();
  });

  test("are not known where the message does not tell how many there are", () => {
    expect(keysTold([line([told(FIRST, a), told(LAST, b)])], { ...BATCH, records: 0 })).toBeUndefined();
  });
});

/** What the replicator prints when it is handed these records. */
async function linesOf(replica: string, arn: string, records: SdkRecord[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "ddbr-logged-"));
  try {
    const Records = records.map((record) => ({ ...inWireForm(record), eventSourceARN: arn }));
    const env = { ReplicaTable: replica, ReplicaEndpoint: dynamoDbEndpoint() };
    const { code, stdout, stderr } = await runProgram(
      [process.execPath, join(import.meta.dir, "../lambda/fixtures/invoke.ts"), join(folder, "answers.json")],
      {
        env,
        stdin: JSON.stringify({ name: "replicate", events: [{ event: { Records }, remainingMs: MINUTE }] }),
      },
    );
    expect(code, stderr).toBe(0);
    return `${stdout}${stderr}`.split("\n");
  } finally {
    await rm(folder, { recursive: true });
  }
}

test(
  "what the function says of records that it could not do names them when the stream has lost them",
  () =>
    withTables([ID_KEY], async (primary) => {
      const replica = await createIndexedTable();
      await recordWrites(primary);
      await primary.put({ id: { S: "good" } });
      await primary.put({ id: { S: "bad" }, ...REFUSED } as never);
      await primary.put({ id: { S: "worse" }, ...REFUSED } as never);
      const records = await writesTo(primary);
      const stream = await streamOf(primary);
      const lines = await linesOf(replica, stream.arn, records);
      // Mended in the table since, and gone from the stream.
      await primary.put({ id: { S: "bad" }, city: { S: "Oslo" } });
      await primary.delete({ id: { S: "worse" } });
      const lost = failureMessage({ ...stream, shard: `${stream.shard.slice(0, -4)}0000` }, records.slice(1));
      const target = replicaOf(`${dynamoDbEndpoint()}/${replica}`);
      const keys = async (batch: FailedBatch) => keysTold(lines, batch) ?? { unknown: "it does not tell" };

      const queue = memoryQueue([lost]);
      const dry = await redriven(queue, primary, target, { keys, dryRun: true });
      expect(dry.events.find(({ type }) => type === "kept")).toMatchObject({ because: "dry-run" });
      const { summary, events } = await redriven(queue, primary, target, { keys });
      expect(summary).toMatchObject({ messages: 1, mended: 1, kept: 0, lost: 0, records: 2 });
      expect(queue.bodies()).toEqual([]);
      expect(events.find(({ type }) => type === "mended")).toMatchObject({ records: 2, from: "log" });
      const done = events.flatMap((event) =>
        event.type === "record" ? [`${JSON.stringify(event.key)} ${event.action}`] : [],
      );
      expect(done.sort()).toEqual(['{"id":{"S":"bad"}} put', '{"id":{"S":"worse"}} absent']);
    }),
  MINUTE,
);

test("when Lambda gave up is read from its message", () => {
  const at = "2026-11-20T00:13:49.717Z";
  const body = { ...JSON.parse(failureMessage({ arn: STREAM, shard: "s" }, [recordAt("1")])), timestamp: at };
  expect(parseFailedBatch(JSON.stringify(body))?.at).toBe(Date.parse(at));
  expect(parseFailedBatch(JSON.stringify({ ...body, timestamp: "soon" }))?.at).toBeUndefined();
});

const recordAt = (SequenceNumber: string): SdkRecord => ({ dynamodb: { SequenceNumber } });
