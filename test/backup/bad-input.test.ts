import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CLOSED, type Environment, expectRefused } from "../bad-input/refusal.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { uniqueName } from "../helpers/environment.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { s3Credentials, s3Endpoint } from "../helpers/s3.ts";
import { withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";

let table: TestTable;
const AWS: Environment = {
  AWS_ACCESS_KEY_ID: s3Credentials().accessKeyId,
  AWS_SECRET_ACCESS_KEY: s3Credentials().secretAccessKey,
};

beforeAll(async () => {
  table = await createTable();
  await table.put({ id: { S: "one" } });
});
afterAll(() => table.drop());

/** `folder` is a folder, `there` a file. */
const intoFolder = (...words: string[]) => ["backup-table", table.location, "./folder", ...words];
const into = (url: string, ...words: string[]) => ["backup-table", table.location, url, ...words];

describe("options", () => {
  test.each<[string[], RegExp[]]>([
    [
      ["--compress", "foo"],
      [/--compress/, /"foo"/, /gzip/, /zstd/, /none/],
    ],
    [["--compress", ""], [/--compress/]],
    [
      ["--format", "csv"],
      [/--format/, /"csv"/, /items/, /export/],
    ],
    [["--segment", "0", "--jobid", "j"], [/--segment needs --segments/]],
    [
      ["--segment", "4", "--segments", "4", "--jobid", "j"],
      [/no segment 4 among 4/, /0 to 3/],
    ],
    [["--segment=-1", "--segments", "4", "--jobid", "j"], [/--segment is "-1"/]],
    [["--segment", "1.5", "--segments", "4", "--jobid", "j"], [/--segment is "1.5"/]],
    [["--segments", "0"], [/--segments is "0"/]],
    [["--segments", "many"], [/--segments is "many"/]],
    [["--segments", "1000001"], [/--segments is "1000001"/]],
    [["--concurrency", "0"], [/--concurrency is "0"/]],
    [["--max-rcu", "0"], [/--max-rcu is "0"/]],
    [["--max-rcu", "fast"], [/--max-rcu is "fast"/]],
    [["--patience=-1"], [/--patience is "-1"/]],
    [["--resume"], [/--resume needs --jobid/]],
    [["--overwrite"], [/--overwrite needs --jobid/]],
    [["--resume", "--overwrite", "--jobid", "j"], [/--resume contradicts --overwrite/]],
    [
      ["--overwrite", "--segment", "0", "--segments", "4", "--jobid", "j"],
      [/--overwrite contradicts --segment - .*another --jobid/],
    ],
    [["--json", "--quiet"], [/--json contradicts --quiet/]],
    [["--metric", ""], [/--metric is empty/]],
    [["--jobid", ""], [/--jobid/]],
    [["--jobid", "."], [/--jobid "\."/]],
    [["--jobid", ".."], [/--jobid "\.\."/]],
    [["--jobid", "../j"], [/--jobid "\.\.\/j"/]],
    [["--jobid", "a/b"], [/--jobid "a\/b"/]],
    [["--jobid", ".ddbr"], [/--jobid \.ddbr/]],
    [
      ["--jobid", "a\nb"],
      [/--jobid/, /control/],
    ],
    [
      ["--jobid", "\u001b[31m"],
      [/--jobid/, /control/],
    ],
    [
      ["--jobid", "é".repeat(600)],
      [/--jobid/, /1024/],
    ],
    [["--sse", "rot13"], [/--sse/]],
    [["--storage-class", "GLACIER"], [/GLACIER/]],
    [["--s3-endpoint", "nowhere"], [/--s3-endpoint is "nowhere"/]],
    [["--jobid"], [/--jobid/]],
    [["--job-id", "j"], [/--job-id/]],
    [["--segmnets", "4"], [/--segmnets/]],
  ])("%j", async (words, says) => {
    await expectRefused(intoFolder(...words), says);
  });

  test("a place is missing, or there is one too many", async () => {
    await expectRefused(["backup-table", table.location], [/url/]);
    await expectRefused(intoFolder("./other"), [/\.\/other/]);
  });
});

describe("places", () => {
  test.each<[string, RegExp[]]>([
    ["backups", [/"backups"/, /no "\/"/, /s3:\/\/bucket\/prefix/]],
    ["", [/empty/]],
    ["s3://", [/names no bucket/]],
    ["s3://Upper_Case/x", [/Upper_Case/, /no bucket's name/]],
    ["s3://some-bucket/a//b", [/prefix/, /empty name/]],
    ["s3://some-bucket/a/../b", [/prefix/, /"\.\."/]],
    ["s3://some-bucket/a\u0007b", [/control characters/]],
    ["./folder/\u001b[2Jx", [/control characters/]],
    [`s3://some-bucket/${"x".repeat(1_100)}`, [/1024/]],
    ["https://some-bucket/x", [/"https:\/\/"/]],
    ["file://host/x", [/file:\/\/\//]],
    ["./there", [/\.\/there/, /directory/]],
    ["./there/below", [/\.\/there\/below/, /directory/]],
    ["/dev/null/x", [/\/dev\/null\/x/]],
    [`./${"x".repeat(300)}`, [/xxx/, /long/]],
  ])("%j", async (url, says) => {
    await expectRefused(into(url), says, { noAdvice: /long/.test(String(says)) });
  });

  test("no such bucket", async () => {
    const url = `s3://${uniqueName("no-such")}`;
    await expectRefused(into(url, "--s3-endpoint", s3Endpoint()), [new RegExp(url), /no such bucket/i], {
      env: AWS,
    });
  });

  test("a server of S3 that is not there", async () => {
    await expectRefused(into("s3://some-bucket/x", "--s3-endpoint", CLOSED), [
      /s3:\/\/some-bucket\/x/,
      /cannot reach/,
    ]);
  });

  test("a server of S3 that knows nobody of this name", async () => {
    await withPlace("s3", async (place) => {
      const env = { AWS_ACCESS_KEY_ID: "nobody", AWS_SECRET_ACCESS_KEY: "nothing" };
      await expectRefused(into(place.url, ...place.options()), [/s3:\/\//, /credentials|key/i], { env });
      expect(await place.keys()).toEqual([]);
    });
  });

  test("a bucket where nothing is allowed", async () => {
    const rules = [{ fault: { kind: "access-denied" as const }, always: true }];
    const proxy = await startFaultProxy({ target: s3Endpoint(), rules });
    try {
      await withPlace("s3", async (place) => {
        const words = into(place.url, ...place.options(proxy.url));
        await expectRefused(
          words,
          [new RegExp(place.url), /not allowed to ListObjects/, /grant s3:ListBucket/],
          {
            env: { ...AWS, ...place.env },
          },
        );
      });
    } finally {
      await proxy.stop();
    }
  });
});

describe("tables", () => {
  test.each<[string, RegExp[]]>([
    ["orders", [/"orders"/, /region\/table/]],
    [`${CLOSED}/orders`, [/cannot reach/]],
    [`${dynamoDbEndpoint()}/no-such-table`, [/no-such-table/, /no such table/]],
  ])("%s", async (location, says) => {
    await expectRefused(["backup-table", location, "./folder"], says);
  });

  test("one that may not be described", async () => {
    const rules = [{ fault: { kind: "access-denied" as const }, always: true }];
    const proxy = await startFaultProxy({ target: dynamoDbEndpoint(), rules });
    try {
      const words = ["backup-table", `${proxy.url}/${table.name}`, "./folder"];
      await expectRefused(words, [/not allowed to DescribeTable/, /grant dynamodb:DescribeTable/]);
    } finally {
      await proxy.stop();
    }
  });
});
