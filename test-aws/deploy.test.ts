import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { GetQueueUrlCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { uniqueName } from "../test/helpers/environment.ts";
import { type Account, ELSEWHERE, HOME, openAccount } from "./helpers/account.ts";
import { eventsOfRun, refusalOf } from "./helpers/outcomes.ts";

const BUNDLE = join(import.meta.dir, "../dist/lambda.zip");
const MINUTE = 60_000;

let account: Account;
const primary = uniqueName("orders");
beforeAll(async () => {
  account = await openAccount();
  await account.createTable(HOME, primary, "NEW_AND_OLD_IMAGES");
  await account.createTable(ELSEWHERE, primary);
}, MINUTE);
afterAll(() => account.close());

const code = () => ["--code", `s3://${account.codeBucket}/ddbr`];
const replicator = (name: string, ...options: string[]) => [
  ...["lambda", "deploy", "replicator", `${HOME}/${primary}`, `${ELSEWHERE}/${primary}`],
  ...["--name", name, ...code(), ...options],
];
const backup = (name: string, ...options: string[]) => [
  ...["lambda", "deploy", "backup", `${HOME}/${primary}`, `s3://${account.backupBucket}/inc`],
  ...["--name", name, ...code(), ...options],
];

const run = (words: string[], expected?: number) => eventsOfRun(account, words, expected);
const refusal = (words: string[]) => refusalOf(account, words);

async function isThere(name: string): Promise<boolean> {
  return await account.deployed(name).then(
    () => true,
    () => false,
  );
}

describe("a replicator", () => {
  const name = uniqueName("replicator");

  test("a dry run shows what would be made, and makes nothing", async () => {
    const { last, events } = await run(replicator(name, "--dry-run"));
    const planned = events.find(({ event }) => event === "planned")!;
    expect(planned).toMatchObject({ stack: name, action: "create", region: HOME });
    const parts = (planned.changes as { part: string; action: string }[]).map(
      ({ part, action }) => `${action} ${part}`,
    );
    expect(parts).toContain("add Function");
    expect(parts).toContain("add FailureQueue");
    expect(last).toMatchObject({ event: "finished", outcome: "planned" });
    expect(await isThere(name)).toBe(false);
    const { Contents = [] } = await account.s3.send(new ListObjectsV2Command({ Bucket: account.codeBucket }));
    expect(Contents).toEqual([]);
  });

  test("nobody can be asked off a terminal", async () => {
    expect(await refusal(replicator(name))).toContain("--yes");
    expect(await isThere(name)).toBe(false);
  });

  test(
    "is deployed, with the bundle's code to the byte",
    async () => {
      const { last, names } = await run(replicator(name, "--yes", "--memory", "1024", "--batch-size", "200"));
      expect(names).toEqual(["planned", "code", "resource", "resource", "finished"]);
      expect(last).toMatchObject({ outcome: "done", stack: name });
      const { fn, sources } = await account.deployed(name);
      const bundle = Buffer.from(await Bun.file(BUNDLE).arrayBuffer());
      expect(fn.CodeSha256).toBe(createHash("sha256").update(bundle).digest("base64"));
      const Key = `ddbr/ddbr-lambda-${createHash("sha256").update(bundle).digest("hex")}.zip`;
      const stored = await account.s3.send(new GetObjectCommand({ Bucket: account.codeBucket, Key }));
      expect(bundle.equals(await stored.Body!.transformToByteArray())).toBe(true);
      expect(fn).toMatchObject({
        Handler: "index.replicate",
        Runtime: "nodejs24.x",
        MemorySize: 1024,
        Timeout: 60,
      });
      expect(fn.Environment!.Variables).toMatchObject({
        ReplicaTable: `arn:aws:dynamodb:${ELSEWHERE}:123456789012:table/${primary}`,
      });
      expect(sources).toHaveLength(1);
      expect(sources[0]).toMatchObject({
        EventSourceArn: await account.streamOf(primary),
        StartingPosition: "TRIM_HORIZON",
        BatchSize: 200,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        BisectBatchOnFunctionError: true,
        DestinationConfig: {
          OnFailure: { Destination: `arn:aws:sqs:${HOME}:123456789012:${name}-failed` },
        },
      });
    },
    MINUTE,
  );

  test("again, nothing is to be done, and settings that are not given stay", async () => {
    const { names, last } = await run(replicator(name, "--yes"));
    expect(names).toEqual(["finished"]);
    expect(last.outcome).toBe("unchanged");
  });

  test("with other settings it is updated, and the code is not uploaded again", async () => {
    const { events, last } = await run(
      replicator(name, "--yes", "--batch-size", "50", "--parallelization", "4"),
    );
    expect(events[0]).toMatchObject({
      event: "planned",
      action: "update",
      parameters: [
        { name: "BatchSize", before: "200", after: "50" },
        { name: "ParallelizationFactor", before: "1", after: "4" },
      ],
    });
    expect(events.find(({ event }) => event === "code")!.uploaded).toBe(false);
    expect(last.outcome).toBe("done");
    // Its mapping is not looked at here: the stand-in does not change it.
    expect((await account.deployed(name)).fn.MemorySize).toBe(1024);
  });

  test("status tells its settings, and that all is well", async () => {
    const { last } = await run(["lambda", "status", name, "--region", HOME]);
    expect(last).toMatchObject({
      event: "status",
      region: HOME,
      fn: { name, handler: "index.replicate" },
      sources: [{ state: "Enabled", partialAnswers: true, failures: { waiting: 0, inFlight: 0 } }],
      metrics: { calls: 0, errors: 0 },
      problems: [],
    });
    expect(JSON.stringify(last)).not.toContain("variables");
  });

  test("is not removed while records wait to be mended; then it is, and the tables stay", async () => {
    const QueueName = `${name}-failed`;
    const { QueueUrl } = await account.sqs.send(new GetQueueUrlCommand({ QueueName }));
    await account.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }));
    const { last } = await run(["lambda", "status", name], 1);
    expect(last.sources).toMatchObject([{ failures: { waiting: 1 } }]);
    expect(String(last.problems)).toContain(`ddbr lambda redrive ${name}`);
    expect(await refusal(["lambda", "remove", name, "--yes"])).toContain("1 message in its failure queue");
    expect(await refusal(["lambda", "remove", name])).toContain("--yes");
    const { last: end } = await run(["lambda", "remove", name, "--yes", "--discard-failures"]);
    expect(end.outcome).toBe("done");
    expect(await isThere(name)).toBe(false);
    expect(await account.streamOf(primary)).toBeDefined();
    expect(await refusal(["lambda", "remove", name, "--yes"])).toContain("there is none");
    expect(await refusal(["lambda", "status", name])).toContain("is not there");
  });
});

describe("a backup", () => {
  const name = uniqueName("backup");

  test("is deployed, and the stream turned on where it is off", async () => {
    const table = uniqueName("quiet");
    await account.createTable(HOME, table);
    const words = ["lambda", "deploy", "backup", `${HOME}/${table}`, `s3://${account.backupBucket}/inc`];
    const { events } = await run([...words, "--name", name, ...code(), "--dry-run"]);
    expect(events.map(({ event }) => event)).toEqual(["warning", "finished"]);
    expect(await account.streamOf(table)).toBeUndefined();
    const { names, last } = await run([...words, "--name", name, ...code(), "--yes"]);
    expect(names[0]).toBe("stream-on");
    expect(last.outcome).toBe("done");
    const { fn, sources } = await account.deployed(name);
    expect(fn.Handler).toBe("index.backup");
    expect(fn.Environment!.Variables).toMatchObject({
      BackupBucket: account.backupBucket,
      BackupPrefix: "inc",
      BackupTable: table,
    });
    expect(sources[0]!.EventSourceArn).toBe(await account.streamOf(table));
  });

  test("is refused where the bucket keeps no versions", async () => {
    const words = ["lambda", "deploy", "backup", `${HOME}/${primary}`, `s3://${account.codeBucket}/inc`];
    expect(await refusal([...words, ...code(), "--yes"])).toContain("put-bucket-versioning");
  });

  test.each(["KEYS_ONLY", "OLD_IMAGE"] as const)("is refused where the stream is %s", async (view) => {
    const table = uniqueName("view");
    await account.createTable(HOME, table, view);
    const words = ["lambda", "deploy", "backup", `${HOME}/${table}`, `s3://${account.backupBucket}/inc`];
    expect(await refusal([...words, ...code(), "--yes"])).toContain(`its view is ${view}`);
  });

  test("takes no stack of another kind", async () => {
    const other = uniqueName("other");
    await run(replicator(other, "--yes"));
    expect(await refusal(backup(other, "--yes"))).toContain("is there already, and is no backup");
  });
});

describe("a snapshot", () => {
  const name = uniqueName("snapshot");
  const words = () => [
    ...["lambda", "deploy", "snapshot", `s3://${account.backupBucket}/inc/${primary}`],
    ...[`s3://${account.backupBucket}/daily/orders.gz`, "--name", name, ...code(), "--yes"],
  ];

  test("needs a schedule", async () => {
    expect(await refusal(words())).toContain("--schedule is missing");
  });

  test("is deployed", async () => {
    const { last } = await run([...words(), "--schedule", "rate(1 day)"]);
    expect(last.outcome).toBe("done");
    const { fn, sources } = await account.deployed(name);
    expect(fn).toMatchObject({ Handler: "index.snapshot", Timeout: 900 });
    expect(fn.Environment!.Variables).toMatchObject({
      SnapshotSource: `s3://${account.backupBucket}/inc/${primary}`,
      SnapshotDestination: `s3://${account.backupBucket}/daily/orders.gz`,
    });
    expect(sources).toEqual([]);
    const { last: end } = await run(["lambda", "remove", name, "--yes"]);
    expect(end.outcome).toBe("done");
  });
});

test("a new stack needs a place for its code; what keeps two tables from being a pair is told", async () => {
  const words = replicator(uniqueName("none"), "--yes").filter((word) => !/^(--code|s3:)/.test(word));
  expect(await refusal(words)).toContain("--code is missing");
  const table = uniqueName("nowhere");
  expect(
    await refusal(["lambda", "deploy", "replicator", `${HOME}/${table}`, `${HOME}/${primary}`, "--yes"]),
  ).toContain("no such table");
  expect(
    await refusal(["lambda", "deploy", "replicator", `${HOME}/${primary}`, `${HOME}/${primary}`, "--yes"]),
  ).toContain("same table");
});
