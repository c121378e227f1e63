import { describe, expect, test } from "bun:test";
import type { _Record as SdkRecord } from "@aws-sdk/client-dynamodb-streams";
import { createBackup } from "../../src/lambda/backup.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { seededNumbers } from "../helpers/fault-rules.ts";
import { withBucket } from "../helpers/s3.ts";
import { recordWrites, writesTo } from "../helpers/stream.ts";
import { ID_KEY, type TestTable, withTables } from "../helpers/table.ts";
import { nameOf, objectsIn, versionsIn } from "../lambda/bucket-records.ts";
import { bucketAccess, contextWith, MINUTE } from "../lambda/functions.ts";
import { createIndexedTable } from "../lambda/replica-table.ts";
import { memoryQueue } from "./memory-queue.ts";
import { failureMessage, folderOf, inWireForm, redriven, replicaOf, streamOf } from "./redriven.ts";

const WRITES = 40;
const KEYS = 7;

/** Writes of some keys, drawn; all of them, as the stream tells them. */
async function drawnWrites(primary: TestTable, seed: number): Promise<SdkRecord[]> {
  await recordWrites(primary);
  const random = seededNumbers(seed, 0, { operation: "writes", number: 1 });
  for (let n = 0; n < WRITES; n++) {
    const id = { S: `k${Math.floor(random() * KEYS)}` };
    if (random() < 0.2) await primary.delete({ id });
    else await primary.put({ id, n: { N: `${n}` } });
  }
  return await writesTo(primary);
}

/** Ranges of the stream that were given up on, drawn, apart from each other; and the rest. */
function drawnRanges(records: SdkRecord[], seed: number): { given: SdkRecord[][]; done: SdkRecord[] } {
  const random = seededNumbers(seed, 1, { operation: "ranges", number: 1 });
  const given: SdkRecord[][] = [];
  const done: SdkRecord[] = [];
  for (let at = 0; at < records.length; ) {
    const length = 1 + Math.floor(random() * 6);
    const range = records.slice(at, at + length);
    if (random() < 0.5) given.push(range);
    else done.push(...range);
    at += length;
  }
  return { given, done };
}

/** Items in no order, told by their only two attributes. */
const sorted = (items: Iterable<Record<string, unknown>>) =>
  [...items].map(({ id, n }) => JSON.stringify([id, n])).sort();

describe.each([1, 2])("with writes and failures drawn from seed %i", (seed) => {
  test(
    "a replica equals its primary afterwards",
    () =>
      withTables([ID_KEY, ID_KEY], async (primary, replica) => {
        const records = await drawnWrites(primary, seed);
        const { given, done } = drawnRanges(records, seed);
        expect(given.length).toBeGreaterThan(1);
        for (const { dynamodb } of done) {
          const { Keys, NewImage } = dynamodb!;
          if (NewImage === undefined) await replica.delete(Keys as never);
          else await replica.put(NewImage as never);
        }
        const stream = await streamOf(primary);
        const queue = memoryQueue(given.map((range) => failureMessage(stream, range)));
        const { summary } = await redriven(queue, primary, replicaOf(replica.location));
        expect(summary).toMatchObject({ messages: given.length, mended: given.length, kept: 0 });
        expect(queue.bodies()).toEqual([]);
        expect(sorted(await replica.items())).toEqual(sorted(await primary.items()));
      }),
    2 * MINUTE,
  );

  test(
    "a backup holds every image, and ends with what the table holds",
    () =>
      withBucket((bucket) =>
        withTables([ID_KEY], async (primary) => {
          const records = await drawnWrites(primary, seed);
          const { given, done } = drawnRanges(records, seed);
          const stream = await streamOf(primary);
          const env = { BackupBucket: bucket.name, BackupPrefix: "backups", ...bucketAccess("Backup") };
          const Records = done.map((record) => ({ ...inWireForm(record), eventSourceARN: stream.arn }));
          const backup = createBackup({ ...env, BackupTable: primary.name });
          expect(await backup({ Records }, contextWith())).toEqual({ batchItemFailures: [] });
          const queue = memoryQueue(given.map((range) => failureMessage(stream, range)));
          const { summary } = await redriven(queue, primary, folderOf(bucket.name, primary.name));
          expect(summary).toMatchObject({ mended: given.length, kept: 0 });
          expect(queue.bodies()).toEqual([]);

          const versions = await versionsIn(bucket, `backups/${primary.name}`);
          const kept = [...versions].flatMap(([name, stored]) =>
            stored.flatMap(({ sequence, item }) =>
              sequence === undefined ? [] : `${sequence} ${name} ${item?.n?.N ?? "deleted"}`,
            ),
          );
          const wanted = records.map(({ dynamodb }) => {
            const { SequenceNumber, Keys, NewImage } = dynamodb!;
            return `${SequenceNumber} ${nameOf(Keys as never)} ${NewImage?.n?.N ?? "deleted"}`;
          });
          expect([...new Set(kept)].sort()).toEqual(wanted.sort());
          const objects = await objectsIn(bucket, `backups/${primary.name}`);
          expect(sorted(objects.values())).toEqual(sorted(await primary.items()));
        }),
      ),
    2 * MINUTE,
  );
});

describe("what stays in the queue, for others to see", () => {
  const put = (primary: TestTable, id: string, more = {}) => primary.put({ id: { S: id }, ...more });

  test("records that the replica refuses; those beside them are mended", async () => {
    await withTables([ID_KEY], async (primary) => {
      const replica = await createIndexedTable();
      await recordWrites(primary);
      await put(primary, "good");
      // The replica's index takes it as text only.
      await put(primary, "bad", { city: { N: "5" } });
      await put(primary, "other");
      const records = await writesTo(primary);
      const stream = await streamOf(primary);
      const queue = memoryQueue([
        failureMessage(stream, records.slice(0, 2)),
        failureMessage(stream, records.slice(2)),
      ]);
      const { summary, events } = await redriven(
        queue,
        primary,
        replicaOf(`${dynamoDbEndpoint()}/${replica}`),
      );
      expect(summary).toMatchObject({ messages: 2, mended: 1, kept: 1, lost: 0 });
      expect(queue.bodies()).toHaveLength(1);
      expect(queue.hidden()).toBe(0);
      expect(events.find(({ type }) => type === "kept")).toMatchObject({ because: "undone" });
      const told = events.flatMap((event) => (event.type === "record" ? [[event.key.id, event.action]] : []));
      expect(told).toContainEqual([{ S: "good" }, "put"]);
      expect(told).toContainEqual([{ S: "bad" }, "undone"]);
      expect(told).toContainEqual([{ S: "other" }, "put"]);
    });
  });

  test("what is no message of a stream, and records that are lost, unless those are to be dropped", async () => {
    await withTables([ID_KEY, ID_KEY], async (primary, replica) => {
      await recordWrites(primary);
      await put(primary, "a");
      const records = await writesTo(primary);
      const stream = await streamOf(primary);
      const gone = failureMessage({ ...stream, shard: `${stream.shard.slice(0, -4)}0000` }, records);
      const foreign = ["{}", "no JSON", '{"DDBStreamBatchInfo":{"shardId":"s"}}', "null"];
      const queue = memoryQueue([gone, ...foreign]);
      const target = replicaOf(replica.location);
      const { summary, events } = await redriven(queue, primary, target);
      expect(summary).toMatchObject({ messages: 5, mended: 0, kept: 5, lost: 1 });
      const table = stream.arn.replace(/\/stream\/.*/, "");
      expect(events.find(({ type }) => type === "kept")).toMatchObject({ because: "lost", table });
      expect(queue.hidden()).toBe(0);
      const dry = await redriven(queue, primary, target, { dropLost: true, dryRun: true });
      expect(dry.summary).toMatchObject({ kept: 5, dropped: 0 });
      const dropped = await redriven(queue, primary, target, { dropLost: true });
      expect(dropped.summary).toMatchObject({ dropped: 1, kept: 4 });
      expect(queue.bodies()).toEqual(foreign);
      expect(await replica.items()).toEqual([]);
    });
  });
});
