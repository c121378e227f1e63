import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { CLOSED, expectRefused } from "../bad-input/refusal.ts";
import { recordWrites } from "../helpers/stream.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { checkpointIn, followToTheEnd, startFollower } from "./follower.ts";

const MINUTE = 60_000;
let primary: TestTable;
let replica: TestTable;
let folder: string;

beforeAll(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  await recordWrites(primary);
  folder = await mkdtemp(join(tmpdir(), "ddbr-follow-"));
}, MINUTE);
afterAll(() => Promise.all([primary.drop(), replica.drop(), rm(folder, { recursive: true })]));

describe("words that make no sense", () => {
  test.each<[string[], RegExp]>([
    [["P", "backups"], /"backups": has no "\/".*a place for backups begins with s3:\/\//],
    [["P", "backups/inc"], /"backups" is neither a region.*begins with s3:\/\//],
    [["P", "gs://bucket"], /"gs:\/\/" is no way to reach a table.*begins with s3:\/\//],
    [["P", "s3://"], /names no bucket/],
    [["s3://bucket/orders", "R"], /"s3:\/\/" is no way to reach a table/],
    [["P", "R", "--start", "yesterday"], /--start is "yesterday".*trim-horizon, latest, or a time/],
    [["P", "R", "--start", "2026-02-30"], /--start is "2026-02-30".*trim-horizon, latest, or a time/],
    [["P", "R", "--start", "2999-01-01"], /has not come yet/],
    [["P", "R", "--concurrency", "0"], /--concurrency is "0", out of range/],
    [["P", "R", "--checkpoint", "s3://bucket/x"], /--checkpoint is a URL/],
    [["P", "R", "--checkpoint", "x", "--skip-failed", "./x"], /name the same file/],
    [["P", "R", "--sse", "AES256"], /--sse is for S3, and .* is a table/],
    [["P", "R", "--s3-endpoint", CLOSED], /--s3-endpoint is for S3/],
    [
      ["P", "./there", "--replica-profile", "x"],
      /--replica-profile is for a replica, and .\/there is a place/,
    ],
    [["P", "./inc", "--storage-class", "STANDARD_IA"], /is for S3, and .\/inc is a directory/],
    [["P", "R", "--json", "--quiet"], /--json contradicts --quiet/],
    [["P"], /follow needs more arguments/],
  ])("%j", async (words, says) => {
    const named = words.map((word) => ({ P: primary.location, R: replica.location })[word] ?? word);
    await expectRefused(["follow", ...named], [says]);
  });
});

describe("tables that do not go", () => {
  const into = (target: string) => ["follow", primary.location, target];

  test("none of that name", async () => {
    await expectRefused(["follow", `${primary.location}-not`, replica.location], [/no such table/]);
    await expectRefused(into(`${replica.location}-not`), [/no such table/]);
  });

  test("the same one twice", async () => {
    await expectRefused(into(primary.location), [/same table/]);
  });

  test("one with another key", async () => {
    const other = await createTable({ hash: { name: "id", type: "N" } });
    await expectRefused(into(other.location), [/different keys: "id" \(S\) in .*"id" \(N\) in/]);
    await other.drop();
  });

  test("one whose stream is off, or holds no new images", async () => {
    const other = await createTable();
    await expectRefused(["follow", other.location, replica.location], [/stream is off.*turn it on/]);
    const StreamSpecification = { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } as const;
    await other.client.send(new UpdateTableCommand({ TableName: other.name, StreamSpecification }));
    await expectRefused(["follow", other.location, "./inc"], [/no new images: its view is KEYS_ONLY/]);
    await other.drop();
  });
});

describe("checkpoints that do not go", () => {
  const words = (checkpoint: string, target = replica.location, source = primary.location) => [
    ...["follow", source, target, "--checkpoint", checkpoint],
  ];

  test("a file that is something else", async () => {
    await expectRefused(words("there"), [/^there: is no checkpoint of follow.*--checkpoint/]);
    await expectRefused(words("folder"), [/^folder: cannot be used as checkpoint/]);
    await expectRefused(words("there/x"), [/^there\/x: cannot be used as checkpoint/]);
    const half = join(folder, "half");
    await writeFile(half, '{"format":"ddbr-follow","version":1,"shards":{}}');
    await expectRefused(words(half), [/is no checkpoint of follow/]);
  });

  test("one of another target, another table, another stream", async () => {
    const checkpoint = checkpointIn(folder);
    const followed = { primary: primary.location, target: replica.location, checkpoint };
    expect((await followToTheEnd(followed)).code).toBe(0);
    await expectRefused(words(checkpoint, "./inc"), [/is of another target, arn:.*--checkpoint/]);

    const other = await createTable();
    await recordWrites(other);
    await expectRefused(words(checkpoint, replica.location, other.location), [/another table's stream/]);
    await other.drop();

    const { client, name } = primary;
    const off = { StreamSpecification: { StreamEnabled: false }, TableName: name };
    await client.send(new UpdateTableCommand(off));
    await recordWrites(primary);
    await expectRefused(words(checkpoint), [/turned off and on since.*diff-tables --repair/]);
  });

  test(
    "one that another process follows with; one whose process was killed goes",
    async () => {
      const checkpoint = checkpointIn(folder, "busy");
      const follower = { primary: primary.location, target: replica.location, checkpoint };
      const running = startFollower(follower);
      await running.told("started");
      await expectRefused(words(checkpoint), [/another process \(\d+\) follows with this checkpoint/]);
      running.kill("SIGKILL");
      expect(await running.exited).toBe(137);
      expect(await followToTheEnd(follower)).toMatchObject({ code: 0 });
    },
    MINUTE,
  );
});
