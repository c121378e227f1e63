import { describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { runDdbr } from "../helpers/cli.ts";
import type { FaultRule } from "../helpers/fault-proxy.ts";
import { followedTables, ids, item, names } from "./followed-tables.ts";
import { checkpointIn, followToTheEnd, followWords, startFollower } from "./follower.ts";

const MINUTE = 60_000;
const tables = followedTables();

describe("faults on the way", () => {
  const rules: [string, FaultRule[]][] = [
    ["throttles", [{ fault: { kind: "throttle" }, rate: 0.3 }]],
    ["failing servers", [{ fault: { kind: "server-error" }, rate: 0.3 }]],
    [
      "broken connections",
      [
        { fault: { kind: "reset-after" }, rate: 0.2 },
        { fault: { kind: "truncate" }, rate: 0.2 },
      ],
    ],
    ["unprocessed items", [{ fault: { kind: "unprocessed", share: 0.6 }, rate: 0.7 }]],
    [
      "iterators that expire",
      [
        {
          fault: { kind: "refuse", code: "ExpiredIteratorException" },
          operations: ["GetRecords"],
          always: true,
          times: 3,
        },
      ],
    ],
  ];
  test.each(rules)(
    "%s are got over",
    async (name, faults) => {
      await tables.fill(0, 60);
      tables.proxy.setRules(faults);
      const before = { ...tables.proxy.stats.faults };
      const { code, stdout } = await runDdbr([
        ...followWords(tables.throughProxy()),
        "--until-caught-up",
        "--json",
      ]);
      expect(code, stdout).toBe(0);
      expect(tables.proxy.stats.faults, name).not.toEqual(before);
      const { totals } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
      expect(totals).toMatchObject({ read: 60, written: 60, repeated: 0 });
      if (name !== "iterators that expire")
        expect(totals.stream.retries + totals.target.retries).toBeGreaterThan(0);
      expect(await ids(tables.replica)).toEqual(names(0, 60));
    },
    MINUTE,
  );

  test(
    "what is no longer in the stream is told with what to do, and the rest is done",
    async () => {
      await tables.fill(0, 10);
      expect(await followToTheEnd(tables.throughProxy())).toMatchObject({ code: 0 });
      await tables.fill(10, 20);
      const trimmed = { kind: "refuse", code: "TrimmedDataAccessException" } as const;
      const call = (tables.proxy.stats.calls.GetShardIterator ?? 0) + 1;
      tables.proxy.setRules([{ fault: trimmed, operations: ["GetShardIterator"], nth: call }]);
      const { code, stdout } = await followToTheEnd(tables.throughProxy());
      expect(code).toBe(2);
      expect(stdout).toMatch(/\[error\] .*\[lost\] records of shardId-\S+ after \d+ .*diff-tables --repair/);
      expect(stdout).toContain("incomplete: ");
      expect(await ids(tables.replica)).toEqual(names(0, 20));
    },
    MINUTE,
  );

  test(
    "not being allowed to read the stream ends it with what to grant",
    async () => {
      tables.proxy.setRules([{ fault: { kind: "access-denied" }, operations: ["GetRecords"], always: true }]);
      const { code, stdout } = await followToTheEnd(tables.throughProxy());
      expect(code).toBe(2);
      expect(stdout).toMatch(
        /failed: .*not allowed to GetRecords.*grant dynamodb:GetRecords on the table's stream/,
      );
    },
    MINUTE,
  );

  test(
    "a stop waits for what is under way, and saves it",
    async () => {
      await tables.fill(0, 10);
      tables.proxy.setRules([
        { fault: { kind: "delay", ms: 1_000 }, operations: ["BatchWriteItem"], always: true },
      ]);
      const before = tables.proxy.stats.calls.BatchWriteItem ?? 0;
      const running = startFollower(tables.throughProxy());
      while ((tables.proxy.stats.calls.BatchWriteItem ?? 0) === before) await Bun.sleep(5);
      running.kill("SIGINT");
      expect(await running.exited).toBe(130);
      expect(running.events().at(-1)).toMatchObject({ outcome: "interrupted", totals: { written: 10 } });
      const { shards } = JSON.parse(await readFile(checkpointIn(tables.folder), "utf8"));
      expect(Object.values(shards)).toMatchObject([{ state: "read" }]);
    },
    MINUTE,
  );
});

describe("a record that the replica refuses", () => {
  /** An index takes only its own type: DynamoDB refuses an item with another. */
  async function indexReplica(): Promise<void> {
    await tables.replica.client.send(
      new UpdateTableCommand({
        TableName: tables.replica.name,
        AttributeDefinitions: [
          { AttributeName: "id", AttributeType: "S" },
          { AttributeName: "status", AttributeType: "S" },
        ],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: "by-status",
              KeySchema: [{ AttributeName: "status", KeyType: "HASH" }],
              Projection: { ProjectionType: "ALL" },
            },
          },
        ],
      }),
    );
  }

  test(
    "ends the run with its key; noted in a file, the others are written and it can be mended",
    async () => {
      await indexReplica();
      await tables.fill(0, 10);
      await tables.primary.put(item(3, { status: { N: "5" } }));
      await tables.fill(10, 20);
      const follower = {
        primary: tables.primary.location,
        target: tables.replica.location,
        checkpoint: checkpointIn(tables.folder),
        options: ["--patience", "1"],
      };
      const refused = await followToTheEnd(follower);
      expect(refused.code).toBe(2);
      expect(refused.stdout).toMatch(
        /failed: .*\{"id":"key-3"\} \(record \d+\) cannot be written: .*--skip-failed/,
      );

      const skipped = join(tables.folder, "skipped.ndjson");
      const options = ["--patience", "1", "--skip-failed", skipped];
      const rest = await followToTheEnd({ ...follower, options });
      expect(rest.code).toBe(2);
      expect(rest.stdout).toMatch(/\[error\] .*\[undone\] \{"id":"key-3"\}/);
      expect(await ids(tables.replica)).toEqual(names(0, 20));
      expect((await followToTheEnd({ ...follower, options })).code).toBe(0);

      await tables.primary.put(item(3, { status: { S: "sent" } }));
      const mended = await runDdbr([
        ...["replicate-record", tables.primary.location, tables.replica.location, "--keys", skipped],
      ]);
      expect(mended, mended.stdout).toMatchObject({ code: 0 });
      const diff = await runDdbr([
        "diff-tables",
        tables.primary.location,
        tables.replica.location,
        "--quiet",
      ]);
      expect(diff.code, diff.stdout).toBe(0);
    },
    MINUTE,
  );
});
