import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startFaultProxy } from "../test/helpers/fault-proxy.ts";
import { recordWrites, writesTo } from "../test/helpers/stream.ts";
import { ID_KEY, type Item, type TestTable, withTables } from "../test/helpers/table.ts";
import { type Bundle, unpackBundle } from "./helpers/bundle.ts";
import { replicateVariables } from "./helpers/functions.ts";
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
import {
  eventRecord,
  insertedOrders,
  sequence,
  toEventRecords,
  writeHistory,
} from "./helpers/stream-events.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await unpackBundle();
});
afterAll(() => bundle.drop());

const byId = (items: Item[]) => items.toSorted((a, b) => (a.id!.S! < b.id!.S! ? -1 : 1));
const idsOf = async (table: TestTable) => byId(await table.items()).map((item) => item.id!.S);

describe.each(HOSTS)("replicate on $host", ({ node, withFunction }) => {
  test("makes the replica what the table became, batch by batch, whichever come again", async () => {
    await withTables([ID_KEY, ID_KEY], async (primary, replica) => {
      await recordWrites(primary);
      await writeHistory(primary);
      const records = toEventRecords(primary.name, await writesTo(primary));
      expect(records.length).toBeGreaterThan(70);
      const options = {
        node,
        root: bundle.root,
        handler: "replicate",
        variables: replicateVariables(replica),
      };
      await withFunction(options, async (lambda) => {
        const batches = batchesOf(records, 20);
        for (const batch of batches) expect(await lambda.invoke({ Records: batch })).toEqual(NOTHING_AGAIN);
        expect(byId(await replica.items())).toEqual(byId(await primary.items()));
        for (const batch of batches.slice(-2)) {
          expect(await lambda.invoke({ Records: batch })).toEqual(NOTHING_AGAIN);
        }
        expect(byId(await replica.items())).toEqual(byId(await primary.items()));
      });
    });
  });

  test("logs a line of JSON a batch and its metrics, and nothing of what items hold", async () => {
    await withTables([ID_KEY], async (replica) => {
      const variables = replicateVariables(replica);
      await withFunction({ node, root: bundle.root, handler: "replicate", variables }, async (lambda) => {
        await lambda.invoke({ Records: insertedOrders("orders", 0, 3) });
        await lambda.invoke({ Records: insertedOrders("orders", 2, 5) });
        const log = await lambda.log();
        expect(linesSaying("batch", log)).toMatchObject([
          { level: "INFO", table: "orders", records: 3, written: 3, repeated: 0, failed: 0, left: 0 },
          { level: "INFO", table: "orders", records: 3, written: 2, repeated: 1, failed: 0, left: 0 },
        ]);
        expect(metricsLines(log)).toMatchObject([
          { TableName: "orders", service: "ddbr-replicate", Records: 3, Written: 3, Failures: 0 },
          { TableName: "orders", service: "ddbr-replicate", Records: 3, Written: 2, Failures: 0 },
        ]);
        expect(log.join("\n")).not.toContain("Long Street");
      });
    });
  });

  test("hands back exactly the records that cannot be done", async () => {
    await withTables([ID_KEY], async (replica) => {
      const variables = replicateVariables(replica);
      await withFunction({ node, root: bundle.root, handler: "replicate", variables }, async (lambda) => {
        const records = insertedOrders("orders", 0, 60);
        // The replica's keys are strings.
        const refused = { keys: { id: { N: "7" } }, image: { id: { N: "7" } }, sequence: sequence(70) };
        const unreadable = eventRecord({
          ...{ table: "orders", event: "INSERT", sequence: sequence(71) },
          keys: { id: { S: "unreadable" } },
          image: { id: { S: "unreadable" } },
        });
        // An image is of attribute values.
        Object.assign(unreadable.dynamodb.NewImage!, { total: "12.50" });
        records.splice(10, 0, eventRecord({ table: "orders", event: "INSERT", ...refused }));
        records.splice(40, 0, unreadable);
        expect(await lambda.invoke({ Records: records })).toEqual(again([sequence(70), sequence(71)]));
        expect(await idsOf(replica)).toEqual(
          Array.from({ length: 60 }, (_, index) => `order-${index}`).sort(),
        );
        const line = linesSaying("batch", await lambda.log())[0];
        expect(line).toMatchObject({
          level: "WARN",
          failed: 2,
          againFrom: sequence(70),
          failures: [{ sequence: sequence(71) }, { sequence: sequence(70), key: { id: { N: "7" } } }],
        });
      });
    });
  });

  test("answers before its time is up with what is not done, which another does when it comes again", async () => {
    await withTables([ID_KEY], async (replica) => {
      const variables = replicateVariables(replica);
      const rules = [{ operations: ["BatchWriteItem"], nth: 2, fault: STALL }];
      const proxy = await startFaultProxy({ target: variables.ReplicaEndpoint, rules });
      const records = insertedOrders("orders", 0, 100);
      const stalling = replicateVariables(replica, proxy.url);
      await withFunction(
        { node, root: bundle.root, handler: "replicate", variables: stalling, timeoutMs: DEADLINE_MS },
        async (lambda) => {
          const outcome = await lambda.invoke({ Records: records });
          const done = new Set(await idsOf(replica));
          const undone = records.filter((_, index) => !done.has(`order-${index}`));
          expect(undone.length).toBeGreaterThanOrEqual(25);
          expect(sequencesAgain(outcome)).toEqual(expect.arrayContaining(undone.map(sequenceOf)));
          expect(sequencesAgain(outcome).length).toBeLessThan(100);
          await withFunction(
            { node, root: bundle.root, handler: "replicate", variables },
            async (another) => {
              expect(await another.invoke({ Records: redelivered(outcome, records) })).toEqual(NOTHING_AGAIN);
            },
          );
          expect(await idsOf(replica)).toHaveLength(100);
        },
      ).finally(proxy.stop);
    });
  });

  test("fails the whole batch where nothing can be done, and goes on with the next", async () => {
    await withTables([ID_KEY], async (replica) => {
      const variables = { ...replicateVariables(replica), ReplicaTable: "not-there" };
      await withFunction({ node, root: bundle.root, handler: "replicate", variables }, async (lambda) => {
        for (const from of [0, 10]) {
          const outcome = await lambda.invoke({ Records: insertedOrders("orders", from, from + 10) });
          expect(outcome).toMatchObject({
            error: { errorMessage: expect.stringContaining("not-there: no such table") },
          });
        }
      });
    });
  });
});
