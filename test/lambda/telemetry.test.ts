import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { runProgram } from "../helpers/cli.ts";
import { dynamoDbClient, dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { createBucket, type TestBucket } from "../helpers/s3.ts";
import { type Change, eventOf, keyOf, put, recordOf, remove, sequenceOf, type Wire } from "./events.ts";
import { bucketAccess, MINUTE } from "./functions.ts";
import { createIndexedTable, REFUSED } from "./replica-table.ts";
import { startS3Front } from "./s3-front.ts";

type Line = Record<string, unknown>;

interface Called {
  /** `answer` or `failure`, for each event. */
  answers: { answer?: unknown; failure?: string }[];
  logs: Line[];
  metrics: Line[];
  output: string;
}

interface Call {
  event: unknown;
  remainingMs?: number;
}

/** In every item, and in nothing that is ever said. */
const SECRET = "geheimnis-4711";
const secret: Wire = { note: { S: SECRET }, deep: { M: { [SECRET]: { SS: [SECRET] } } } };

let folder: string;
let bucket: TestBucket;
let table: string;
beforeAll(async () => {
  [folder, bucket, table] = await Promise.all([
    mkdtemp(join(tmpdir(), "ddbr-lambda-")),
    createBucket(),
    createIndexedTable(),
  ]);
}, MINUTE);
afterAll(async () => {
  const client = dynamoDbClient();
  await client.send(new DeleteTableCommand({ TableName: table }));
  client.destroy();
  await Promise.all([bucket.drop(), rm(folder, { recursive: true })]);
}, MINUTE);

/** Runs a function in a process of its own. Everything it prints is JSON, a line each; warnings and errors come last. */
async function call(name: string, calls: Call[], env: Record<string, string>): Promise<Called> {
  const file = join(folder, `${Math.random()}.json`);
  const events = calls.map(({ event, remainingMs = MINUTE }) => ({ event, remainingMs }));
  const { code, stdout, stderr } = await runProgram(
    [process.execPath, join(import.meta.dir, "fixtures/invoke.ts"), file],
    { env, stdin: JSON.stringify({ name, events }) },
  );
  expect(code, stderr).toBe(0);
  const output = stdout + stderr;
  const lines: Line[] = output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return {
    answers: JSON.parse(await readFile(file, "utf8")),
    logs: lines.filter((line) => !("_aws" in line)),
    metrics: lines.filter((line) => "_aws" in line),
    output,
  };
}

const replicate = (calls: Call[], env: Record<string, string> = {}) =>
  call("replicate", calls, { ReplicaTable: table, ReplicaEndpoint: dynamoDbEndpoint(), ...env });

const backup = (calls: Call[], env: Record<string, string> = {}) =>
  call("backup", calls, { BackupBucket: bucket.name, ...bucketAccess("Backup"), ...env });

/** What CloudWatch would make of a line in its embedded format: the metrics with their units, and their dimensions. */
function metricsIn(line: Line) {
  const { Timestamp, CloudWatchMetrics } = line._aws as { Timestamp: number; CloudWatchMetrics: Line[] };
  expect(Math.abs(Date.now() - Timestamp)).toBeLessThan(10 * MINUTE);
  expect(CloudWatchMetrics).toHaveLength(1);
  const [{ Namespace, Dimensions, Metrics }] = CloudWatchMetrics as [
    { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] },
  ];
  const values = Metrics.map(({ Name, Unit }) => {
    expect(line[Name]).toBeNumber();
    return [Name, { value: line[Name] as number, unit: Unit }];
  });
  const dimensions = Dimensions.map((names) => names.map((name) => [name, line[name]]));
  return {
    namespace: Namespace,
    dimensions: dimensions.map((one) => Object.fromEntries(one)),
    metrics: Object.fromEntries(values) as Record<string, { value: number; unit: string }>,
  };
}

const count = (value: number) => ({ value, unit: "Count" });
const milliseconds = { value: expect.any(Number), unit: "Milliseconds" };

/** Changes of just now, as far as their lag goes. */
function recent(changes: Change[], agoMs: number): Change[] {
  return changes.map((change) => ({ ...change, at: (Date.now() - agoMs) / 1000 }));
}

describe("a batch is one line, and one of metrics", () => {
  test("of what was done", async () => {
    const changes = [put("a", 1, secret), put("a", 2, secret), put("b", 3, secret), remove("c", 4)];
    const event = eventOf(recent(changes, 90_000));
    const { answers, logs, metrics, output } = await replicate([{ event }, { event }]);
    expect(answers).toEqual([{ answer: { batchItemFailures: [] } }, { answer: { batchItemFailures: [] } }]);
    expect([logs.length, metrics.length]).toEqual([2, 2]);
    // Matching puts what it matches with in the place of what was matched.
    const { lagMs, calls } = structuredClone(logs[0]!) as { lagMs: number; calls: { writeUnits: number } };
    expect(logs[0]).toMatchObject({
      level: "INFO",
      message: "batch",
      service: "ddbr-replicate",
      function_name: "replicator",
      function_request_id: "8f507cfc-xmpl-4697-b07a-ac58fc914c95",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      table: "orders",
      records: 4,
      written: 3,
      superseded: 1,
      repeated: 0,
      passedOver: 0,
      failed: 0,
      left: 0,
      lagMs: expect.any(Number),
      durationMs: expect.any(Number),
      calls: {
        requests: 1,
        retries: 0,
        throttled: 0,
        writeUnits: expect.any(Number),
        bytes: expect.any(Number),
      },
    });
    expect(lagMs).toBeWithin(90_000, 90_000 + MINUTE);
    expect(logs[0]).not.toContainAnyKeys(["failures", "againFrom"]);
    expect(logs[1]).toMatchObject({ written: 0, superseded: 0, repeated: 4, calls: { requests: 0 } });
    expect(metricsIn(metrics[0]!)).toEqual({
      namespace: "ddbr",
      dimensions: [{ service: "ddbr-replicate", TableName: "orders" }],
      metrics: {
        Records: count(4),
        Written: count(3),
        Failures: count(0),
        Left: count(0),
        Retries: count(0),
        Throttled: count(0),
        WriteUnits: count(calls.writeUnits),
        Lag: { value: lagMs, unit: "Milliseconds" },
        Duration: milliseconds,
      },
    });
    expect(calls.writeUnits).toBeGreaterThan(0);
    expect(output).not.toInclude(SECRET);
  });

  test("of what could not be done, with its keys and the reasons", async () => {
    const { Records } = eventOf([
      put("a", 11, { ...secret, ...REFUSED }),
      put("b", 12, secret),
      { key: { id: { N: "5" } }, image: { id: { N: "5" }, ...secret }, n: 14 },
    ]);
    const poison = { ...recordOf(put("p", 13, secret)), eventName: "UPSERT" };
    const { answers, logs, metrics, output } = await replicate([
      { event: { Records: [...Records, poison] } },
    ]);
    const again = [11, 13, 14].map((n) => ({ itemIdentifier: sequenceOf(n) }));
    expect(answers).toEqual([{ answer: { batchItemFailures: again } }]);
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({
      level: "WARN",
      message: "batch",
      records: 4,
      written: 1,
      failed: 3,
      left: 0,
      againFrom: sequenceOf(11),
    });
    const failures = logs[0]!.failures as { sequence: string }[];
    expect(failures.toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1))).toEqual([
      {
        sequence: sequenceOf(11),
        key: keyOf("a"),
        problem: expect.stringContaining("BatchWriteItem refused: ValidationException"),
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      { sequence: sequenceOf(13), problem: "its event is not INSERT, MODIFY or REMOVE" },
      expect.objectContaining({ sequence: sequenceOf(14), key: { id: { N: "5" } } }),
    ] as never);
    const { metrics: said } = metricsIn(metrics[0]!);
    expect(said).toMatchObject({ Records: count(4), Written: count(1), Failures: count(3) });
    expect(output).not.toInclude(SECRET);
  });

  test("of which failures there are too many for one line", async () => {
    const changes = Array.from({ length: 300 }, (_, n) => put(`many-${n}`, n, { ...secret, ...REFUSED }));
    const { answers, logs, output } = await replicate([{ event: eventOf(changes) }]);
    expect((answers[0]!.answer as { batchItemFailures: unknown[] }).batchItemFailures).toHaveLength(300);
    expect(logs[0]).toMatchObject({ failed: 300 });
    expect(logs[0]!.failures).toBeArrayOfSize(20);
    expect(output).not.toInclude(SECRET);
  });

  test("of what was tried again, and what was left", async () => {
    const rules = [
      { fault: { kind: "throttle" as const }, nth: [1, 2] },
      { fault: { kind: "unprocessed" as const, share: 0.5 }, nth: 3 },
      { fault: { kind: "server-error" as const }, nth: 4 },
      { fault: { kind: "throttle" as const }, nth: Array.from({ length: 100 }, (_, n) => n + 6) },
    ];
    const proxy = await startFaultProxy({ target: dynamoDbEndpoint(), rules });
    try {
      const events = [
        { event: eventOf([put("a", 21, secret), put("b", 22, secret)]) },
        { event: eventOf([put("a", 23, secret)]), remainingMs: 700 },
      ];
      const { answers, logs, metrics, output } = await replicate(events, { ReplicaEndpoint: proxy.url });
      expect(answers).toEqual([
        { answer: { batchItemFailures: [] } },
        { answer: { batchItemFailures: [{ itemIdentifier: sequenceOf(23) }] } },
      ]);
      // What DynamoDB leaves undone it leaves for lack of capacity.
      expect(logs[0]).toMatchObject({ level: "INFO", calls: { requests: 2, retries: 4, throttled: 3 } });
      expect(metricsIn(metrics[0]!).metrics).toMatchObject({ Retries: count(4), Throttled: count(3) });
      expect(logs[0]).not.toContainKey("lastRetry");
      expect(logs[1]).toMatchObject({ level: "WARN", left: 1, failed: 0, againFrom: sequenceOf(23) });
      expect(logs[1]!.lastRetry).toEqual({ operation: "BatchWriteItem", code: "throttled" });
      expect(metricsIn(metrics[1]!).metrics).toMatchObject({ Left: count(1), Failures: count(0) });
      expect(output).not.toInclude(SECRET);
    } finally {
      await proxy.stop();
    }
  });

  test("of what was left, with the request's id of what was tried again last", async () => {
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () =>
        Response.json(
          { __type: "com.amazonaws.dynamodb.v20120810#InternalServerError", message: SECRET },
          { status: 500, headers: { "x-amzn-requestid": "THE-ID" } },
        ),
    });
    try {
      const event = eventOf([put("a", 25, secret)]);
      const { logs, output } = await replicate([{ event, remainingMs: 700 }], {
        ReplicaEndpoint: `http://127.0.0.1:${server.port}`,
      });
      expect(logs[0]).toMatchObject({
        left: 1,
        lastRetry: { operation: "BatchWriteItem", code: "service", requestId: "THE-ID" },
      });
      expect(output).not.toInclude(SECRET);
    } finally {
      await server.stop(true);
    }
  });

  test("of a backup, with the request's id of what the bucket refuses", async () => {
    const front = await startS3Front(({ sequence }) => sequence === sequenceOf(33));
    try {
      const changes = [put("a", 31, secret), remove("b", 32), put("c", 33, secret), put("c", 34, secret)];
      const { logs, metrics, output } = await backup([{ event: eventOf(changes) }], {
        BackupEndpoint: front.url,
      });
      expect(logs).toHaveLength(1);
      expect(logs[0]).toMatchObject({
        service: "ddbr-backup",
        table: "orders",
        records: 4,
        written: 2,
        superseded: 0,
        failed: 2,
        failures: [33, 34].map((n) => ({
          sequence: sequenceOf(n),
          key: keyOf("c"),
          problem: expect.stringContaining("PutObject refused: InvalidArgument"),
          requestId: "tx0000refused",
        })),
      });
      expect(metricsIn(metrics[0]!)).toMatchObject({
        dimensions: [{ service: "ddbr-backup", TableName: "orders" }],
        metrics: { Records: count(4), Written: count(2), Failures: count(2) },
      });
      expect(output).not.toInclude(SECRET);
    } finally {
      await front.stop();
    }
  });

  test("that failed as a whole, and the next one is told anew", async () => {
    const event = eventOf([put("a", 41, secret)]);
    const { answers, logs, metrics, output } = await replicate([{ event }, { event: { hello: SECRET } }], {
      ReplicaTable: "no-such-table",
    });
    const problem = `${dynamoDbEndpoint()}/no-such-table: no such table - check the name, the region and the account`;
    expect(answers.map(({ failure }) => failure)).toEqual([
      problem,
      "the event holds no Records of a stream - connect the function to a table's stream",
    ]);
    expect(logs.map(({ level, message, table: of, problem: said }) => [level, message, of, said])).toEqual([
      ["ERROR", "batch failed", "orders", problem],
      ["ERROR", "batch failed", undefined, answers[1]!.failure],
    ]);
    expect(metrics.map(metricsIn).map(({ dimensions, metrics: said }) => [dimensions[0], said])).toEqual([
      [{ service: "ddbr-replicate", TableName: "orders" }, { BatchFailures: count(1) }],
      [{ service: "ddbr-replicate", TableName: "unknown" }, { BatchFailures: count(1) }],
    ]);
    expect(output).not.toInclude(SECRET);
  });
});

test("a snapshot is one line, with its warnings, and one of metrics; so is one that fails", async () => {
  const image = { ...keyOf("a"), ...secret };
  const object = (algorithm: string) =>
    `table/${createHash(algorithm)
      .update(JSON.stringify(keyOf("a")))
      .digest("hex")}`;
  for (const [Key, Body] of [
    [object("sha256"), JSON.stringify(image)],
    [object("md5"), JSON.stringify(image)],
    ["table/readme", SECRET],
  ] as const) {
    await bucket.client.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body }));
  }
  const env = {
    SnapshotDestination: `s3://${bucket.name}/snapshots/table.gz`,
    SnapshotSource: `s3://${bucket.name}/table`,
    ...bucketAccess("Snapshot"),
  };
  const { logs, metrics, output } = await call("snapshot", [{ event: {} }], env);
  expect(logs).toHaveLength(1);
  expect(logs[0]).toMatchObject({
    level: "INFO",
    message: "snapshot",
    service: "ddbr-snapshot",
    records: 1,
    foreign: 1,
    bytes: expect.any(Number),
    wrote: `s3://${bucket.name}/snapshots/table.gz`,
    warnings: [expect.stringContaining("objects under older names left out")],
  });
  expect(metrics.map(metricsIn)).toEqual([
    {
      namespace: "ddbr",
      dimensions: [{ service: "ddbr-snapshot", TableName: "table" }],
      metrics: {
        BackupRecordCount: count(1),
        BackupSize: { value: expect.any(Number), unit: "Bytes" },
        Duration: milliseconds,
      },
    },
  ]);
  expect(output).not.toInclude(SECRET);

  const empty = { ...env, SnapshotSource: `s3://${bucket.name}/nothing`, SnapshotTable: "orders" };
  const failed = await call("snapshot", [{ event: {} }], empty);
  expect(failed.answers).toEqual([{ failure: expect.stringContaining(`s3://${bucket.name}/nothing`) }]);
  expect(failed.logs.map(({ level, message }) => [level, message])).toEqual([["ERROR", "snapshot failed"]]);
  expect(failed.metrics.map(metricsIn)).toMatchObject([
    { dimensions: [{ service: "ddbr-snapshot", TableName: "orders" }], metrics: { BackupErrors: count(1) } },
  ]);
});

test("the namespace of the metrics can be another", async () => {
  const { metrics } = await replicate([{ event: eventOf([put("a", 51)]) }], {
    POWERTOOLS_METRICS_NAMESPACE: "Backups/Orders",
  });
  expect(metricsIn(metrics[0]!).namespace).toBe("Backups/Orders");
});
