import { afterAll, beforeAll, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { BatchWriteItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { runDdbr } from "../test/helpers/cli.ts";
import { uniqueName } from "../test/helpers/environment.ts";
import { type Account, ELSEWHERE, eventsOf, HOME, openAccount } from "./helpers/account.ts";
import { refusalOf } from "./helpers/outcomes.ts";
import { type RunningRunner, startRunner } from "./helpers/running-runner.ts";
import { itemsOf } from "./helpers/written.ts";

const MINUTE = 60_000;
const ITEMS = 40;

let account: Account;
let runner: RunningRunner;
const table = uniqueName("orders");
beforeAll(async () => {
  account = await openAccount();
  await account.createTable(HOME, table);
  const ids = Array.from({ length: ITEMS }, (_, item) => `o${item}`);
  for (let from = 0; from < ITEMS; from += 25) {
    const puts = ids.slice(from, from + 25).map((id) => ({
      PutRequest: { Item: { id: { S: id }, v: { N: "12345678901234567890123456789012345678" } } },
    }));
    await account.dynamo.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }));
  }
  const place = `s3://${account.backupBucket}`;
  const made = `arn:aws:dynamodb:${ELSEWHERE}:123456789012:table/${table}`;
  const reach = ["--reads", `${HOME}/${table}`, "--writes", made, "--writes", place];
  runner = await startRunner(account, ...reach);
}, 2 * MINUTE);
afterAll(async () => {
  await runner?.stop();
  await account.close();
}, MINUTE);

async function on(words: string[], expected: number) {
  const all = [...words, "--segments", "3", "--on", runner.name, "--json"];
  const { code, stdout, stderr } = await runDdbr(all, { env: runner.env, timeoutMs: 2 * MINUTE });
  expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringContaining("3 segments") });
  // Its last step has collected as well.
  expect(stderr).not.toContain("failed");
  const { event, ...summary } = eventsOf(stdout).at(-1)!;
  expect(event).toBe("finished");
  return summary;
}

async function objectsIn(folder: string): Promise<string[]> {
  const Bucket = account.backupBucket;
  const { Contents = [] } = await account.s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${folder}/` }));
  return Contents.map(({ Key }) => Key!);
}

async function read(Key: string): Promise<Buffer> {
  const { Body } = await account.s3.send(new GetObjectCommand({ Bucket: account.backupBucket, Key }));
  return Buffer.from(await Body!.transformToByteArray());
}

const byId = (one: { id: { S: string } }, other: { id: { S: string } }) => (one.id.S < other.id.S ? -1 : 1);

test(
  "backup-table: its functions write the files, and the manifest",
  async () => {
    const place = `s3://${account.backupBucket}/dumps`;
    const words = ["backup-table", `${HOME}/${table}`, place, "--jobid", "nightly"];
    expect(await on(words, 0)).toMatchObject({ outcome: "complete", jobId: "nightly" });
    const keys = await objectsIn("dumps/nightly");
    const manifest = JSON.parse((await read("dumps/nightly/manifest.json")).toString());
    expect(manifest).toMatchObject({ items: ITEMS, segments: 3 });
    const files = keys.filter((key) => !key.endsWith("manifest.json"));
    const lines = (await Promise.all(files.map(read))).flatMap((file) =>
      gunzipSync(file).toString().split("\n").filter(Boolean),
    );
    expect(lines.map((line) => JSON.parse(line)).sort(byId)).toEqual(
      (await itemsOf(HOME, table)) as { id: { S: string } }[],
    );
  },
  2 * MINUTE,
);

test(
  "restore-table: the table is made from here, its functions write it",
  async () => {
    const source = `s3://${account.backupBucket}/dumps/nightly`;
    const words = ["restore-table", source, `${ELSEWHERE}/${table}`, "--create", "--yes"];
    expect(await on(words, 0)).toMatchObject({ outcome: "restored", created: true });
    expect(await itemsOf(ELSEWHERE, table)).toEqual(await itemsOf(HOME, table));
  },
  2 * MINUTE,
);

test(
  "incremental-diff: its functions find what the folder lacks, and repair it",
  async () => {
    const place = `s3://${account.backupBucket}/inc`;
    const filled = await account.ddbr(["incremental-backfill", `${HOME}/${table}`, place, "--quiet"]);
    expect(filled.code).toBe(0);
    const [lost, foreign] = await objectsIn(`inc/${table}`);
    const Bucket = account.backupBucket;
    for (const Key of [lost, foreign]) await account.s3.send(new DeleteObjectCommand({ Bucket, Key }));
    const words = ["incremental-diff", `${HOME}/${table}`, place, "--settle", "0.1"];
    expect(await on(words, 1)).toMatchObject({
      outcome: "discrepancies",
      totals: { discrepancies: { missing: 2, different: 0, extraneous: 0 } },
    });
    expect(await on([...words, "--repair", "--yes"], 0)).toMatchObject({
      outcome: "clean",
      totals: { repaired: { put: 2 } },
    });
    expect(await objectsIn(`inc/${table}`)).toHaveLength(ITEMS);
  },
  2 * MINUTE,
);

test.each([
  [["backup-table", "us-east-1/orders", "./here", "--on", "r"], "out of a runner's reach"],
  [["backup-table", "local/orders", "s3://bucket/c", "--on", "r"], "out of a runner's reach"],
  [["backup-table", "us-east-1/orders", "s3://bucket/c", "--on", "r", "--resume", "--jobid", "x"], "--join"],
  [
    ["restore-table", "s3://bucket/c", "us-east-1/orders", "--on", "r", "--mode", "replace"],
    "contradicts --on",
  ],
  [["incremental-diff", "us-east-1/orders", "s3://bucket/c", "--join", "x"], "--join needs --on"],
  [["diff-tables", "us-east-1/orders", "local/orders", "--on", "r"], "out of a runner's reach"],
  [["diff-tables", "us-east-1/orders", "us-west-1/orders", "--on", "my_stack"], "no stack's name"],
])("%p is refused in one line", async (words, part) => {
  expect(await refusalOf(account, words)).toContain(part);
});

test("one of an array of jobs is not let begin a run of its own", async () => {
  const env = { ...runner.env, AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "2" };
  const words = ["backup-table", `${HOME}/${table}`, `s3://${account.backupBucket}/x`, "--on", runner.name];
  const { code, stderr } = await runDdbr(words, { env });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "ddbr: AWS_BATCH_JOB_ARRAY_INDEX contradicts --on - a runner does all segments\n",
  });
});
