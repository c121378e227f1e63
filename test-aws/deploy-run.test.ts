import { afterAll, beforeAll, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { uniqueName } from "../test/helpers/environment.ts";
import { unpack } from "../test-lambda/helpers/bundle.ts";
import { type LambdaFunction, NODE_VERSIONS, withFunction } from "../test-lambda/helpers/lambda-function.ts";
import { NOTHING_AGAIN } from "../test-lambda/helpers/outcomes.ts";
import { toEventRecords } from "../test-lambda/helpers/stream-events.ts";
import { type Account, ELSEWHERE, HOME, openAccount } from "./helpers/account.ts";
import { changedTable, REMAINING } from "./helpers/changed-table.ts";
import { codeOf } from "./helpers/deployed-code.ts";
import { itemsOf, versionsByStream, versionsOf } from "./helpers/written.ts";

const MINUTE = 60_000;

let account: Account;
beforeAll(async () => {
  account = await openAccount();
}, MINUTE);
afterAll(() => account.close());

/** Deploys a function and runs it in Lambda's runtime client: the code that is in the account, with its settings there. */
async function deployAndRun(words: string[], body: (lambda: LambdaFunction) => Promise<void>): Promise<void> {
  const name = uniqueName("run");
  const options = ["--code", `s3://${account.codeBucket}`, "--name", name, "--yes"];
  const { code, stderr } = await account.ddbr(["lambda", "deploy", ...words, ...options]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { fn } = await account.deployed(name);
  const { root, drop } = await unpack(await codeOf(account, fn));
  const [file, handler] = fn.Handler!.split(".");
  expect(file).toBe("index");
  const settings = {
    node: NODE_VERSIONS.find((version) => fn.Runtime === `nodejs${version}.x`)!,
    root,
    handler: handler!,
    variables: { ...fn.Environment!.Variables, ...account.env },
    timeoutMs: fn.Timeout! * 1000,
  };
  await withFunction(settings, body).finally(drop);
}

test(
  "a deployed replicator makes the replica what the primary became",
  async () => {
    const { table, records } = await changedTable(account);
    await account.createTable(ELSEWHERE, table);
    const words = ["replicator", `${HOME}/${table}`, `${ELSEWHERE}/${table}`];
    await deployAndRun(words, async (lambda) => {
      expect(await lambda.invoke({ Records: toEventRecords(table, records) })).toEqual(NOTHING_AGAIN);
    });
    expect(await itemsOf(ELSEWHERE, table)).toEqual(REMAINING);
  },
  MINUTE,
);

test(
  "a deployed backup keeps every image, in order, which a deployed snapshot folds",
  async () => {
    const changed = await changedTable(account);
    const { table, records } = changed;
    const words = ["backup", `${HOME}/${table}`, `s3://${account.backupBucket}/inc`];
    await deployAndRun(words, async (lambda) => {
      expect(await lambda.invoke({ Records: toEventRecords(table, records) })).toEqual(NOTHING_AGAIN);
    });
    const versions = await versionsOf(account, table);
    expect(versions).toEqual(versionsByStream(changed));
    expect(versions).toHaveLength(5);

    const [Bucket, Key] = [account.backupBucket, `daily/${table}.gz`];
    const snapshot = ["snapshot", `s3://${Bucket}/inc/${table}`, `s3://${Bucket}/${Key}`];
    await deployAndRun([...snapshot, "--schedule", "rate(1 day)"], async (lambda) => {
      expect(await lambda.invoke({})).toMatchObject({ answer: { records: REMAINING.length } });
    });
    const { Body } = await account.s3.send(new GetObjectCommand({ Bucket, Key }));
    const lines = gunzipSync(await Body!.transformToByteArray())
      .toString()
      .trimEnd()
      .split("\n");
    expect(lines.sort().map((line) => JSON.parse(line))).toEqual(REMAINING);
  },
  MINUTE,
);
