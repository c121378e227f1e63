import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startFaultProxy } from "../test/helpers/fault-proxy.ts";
import { s3Endpoint, withBucket } from "../test/helpers/s3.ts";
import { recordWrites, writesTo } from "../test/helpers/stream.ts";
import { ID_KEY, withTables } from "../test/helpers/table.ts";
import { nameOf, objectsIn, type Stored, versionsIn } from "../test/lambda/bucket-records.ts";
import { type Bundle, unpackBundle } from "./helpers/bundle.ts";
import { backupVariables } from "./helpers/functions.ts";
import { HOSTS } from "./helpers/hosts.ts";
import { linesSaying, metricsLines } from "./helpers/log-lines.ts";
import {
  again,
  batchesOf,
  DEADLINE_MS,
  NOTHING_AGAIN,
  redelivered,
  STALL,
  sequenceOf,
  sequencesAgain,
} from "./helpers/outcomes.ts";
import { type EventRecord, insertedOrders, toEventRecords, writeHistory } from "./helpers/stream-events.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await unpackBundle();
});
afterAll(() => bundle.drop());

/** Where backups of the hand-made events go. */
const FOLDER = "backups/orders";

/** What each object's versions are to be, by the stream alone. */
function expected(records: EventRecord[]): Map<string, Stored[]> {
  const versions = new Map<string, Stored[]>();
  for (const { eventName, dynamodb } of records) {
    const { Keys, NewImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb;
    const time = new Date(ApproximateCreationDateTime * 1000).toISOString();
    const version = { sequence: SequenceNumber, event: eventName, time, item: NewImage };
    versions.set(nameOf(Keys), [...(versions.get(nameOf(Keys)) ?? []), version]);
  }
  return versions;
}

describe.each(HOSTS)("backup on $host", ({ node, withFunction }) => {
  test("keeps every image as a version of its record, in order, and deletions as deletions", async () => {
    await withTables([ID_KEY], async (primary) => {
      await withBucket(async (bucket) => {
        await recordWrites(primary);
        await writeHistory(primary);
        const records = toEventRecords(primary.name, await writesTo(primary));
        expect(records.length).toBeGreaterThan(70);
        const variables = backupVariables(bucket.name);
        await withFunction({ node, root: bundle.root, handler: "backup", variables }, async (lambda) => {
          for (const batch of batchesOf(records, 20)) {
            expect(await lambda.invoke({ Records: batch })).toEqual(NOTHING_AGAIN);
          }
          const versions = expected(records);
          const folder = `backups/${primary.name}`;
          expect(await versionsIn(bucket, folder)).toEqual(versions);
          const latest = [...versions].map(([name, all]) => [name, all.at(-1)!.item] as const);
          const there = latest.flatMap(([name, item]) => (item === undefined ? [] : [[name, item] as const]));
          expect(there.length).toBeLessThan(latest.length);
          expect(await objectsIn(bucket, folder)).toEqual(new Map(there));
          const log = await lambda.log();
          expect(linesSaying("batch", log)).toHaveLength(batchesOf(records, 20).length);
          expect(metricsLines(log)[0]).toMatchObject({ TableName: primary.name, service: "ddbr-backup" });
          expect(log.join("\n")).not.toContain("0.1234567890");
        });
      });
    });
  });

  test("hands back exactly the record that makes no sense", async () => {
    await withBucket(async (bucket) => {
      const variables = backupVariables(bucket.name);
      await withFunction({ node, root: bundle.root, handler: "backup", variables }, async (lambda) => {
        const records = insertedOrders("orders", 0, 30);
        const poison = records[12]!;
        // An image is of attribute values.
        Object.assign(poison.dynamodb, { NewImage: { id: { S: "order-12" }, total: 12.5 } });
        expect(await lambda.invoke({ Records: records })).toEqual(again([poison.dynamodb.SequenceNumber]));
        const others = records.filter((record) => record !== poison);
        expect(await versionsIn(bucket, FOLDER)).toEqual(expected(others));
      });
    });
  });

  test("answers before its time is up with what is not done, which another does when it comes again", async () => {
    await withBucket(async (bucket) => {
      const rules = [{ operations: ["PUT"], nth: [5, 40], fault: STALL }];
      const proxy = await startFaultProxy({ target: s3Endpoint(), rules });
      const records = insertedOrders("orders", 0, 60);
      const stalling = backupVariables(bucket.name, proxy.url);
      await withFunction(
        { node, root: bundle.root, handler: "backup", variables: stalling, timeoutMs: DEADLINE_MS },
        async (lambda) => {
          const outcome = await lambda.invoke({ Records: records });
          const done = await objectsIn(bucket, FOLDER);
          const undone = records.filter(({ dynamodb }) => !done.has(nameOf(dynamodb.Keys)));
          expect(undone.length).toBeGreaterThanOrEqual(2);
          expect(sequencesAgain(outcome)).toEqual(expect.arrayContaining(undone.map(sequenceOf)));
          expect(sequencesAgain(outcome).length).toBeLessThan(60);
          const variables = backupVariables(bucket.name);
          await withFunction({ node, root: bundle.root, handler: "backup", variables }, async (another) => {
            expect(await another.invoke({ Records: redelivered(outcome, records) })).toEqual(NOTHING_AGAIN);
          });
          const images = records.map(({ dynamodb }) => [nameOf(dynamodb.Keys), dynamodb.NewImage!] as const);
          expect(await objectsIn(bucket, FOLDER)).toEqual(new Map(images));
        },
      ).finally(proxy.stop);
    });
  });

  test("fails the whole batch where nothing can be done", async () => {
    const variables = backupVariables("no-such-bucket-anywhere");
    await withFunction({ node, root: bundle.root, handler: "backup", variables }, async (lambda) => {
      expect(await lambda.invoke({ Records: insertedOrders("orders", 0, 5) })).toMatchObject({
        error: { errorMessage: expect.stringContaining("no such bucket: no-such-bucket-anywhere") },
      });
    });
  });
});
