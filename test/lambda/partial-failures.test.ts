import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteTableCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import type { StreamHandler } from "../../src/lambda/stream-handler.ts";
import { dynamoDbClient, dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { seededNumbers } from "../helpers/fault-rules.ts";
import { createBucket, type TestBucket } from "../helpers/s3.ts";
import { nameOf, objectsIn, type Stored, versionsIn } from "./bucket-records.ts";
import { type Change, placeOf, put, remove, sequenceOf, type Wire } from "./events.ts";
import { backupTo, deliver, MINUTE, replicateTo } from "./functions.ts";
import { redeliver } from "./redelivery.ts";
import { createIndexedTable, REFUSED } from "./replica-table.ts";
import { type S3Front, startS3Front } from "./s3-front.ts";

/** What one run is made of. */
interface Scenario {
  changes: { key: number; kind: "put" | "remove" | "refused" }[];
  /** Sizes of the batches. */
  cuts: number[];
  /** What happens to which write request. */
  faults: { nth: number; fault: Fault }[];
  seed: number;
}

const failing = fc.constantFrom<Fault>(
  { kind: "throttle" },
  { kind: "server-error" },
  { kind: "server-error", status: 503 },
  { kind: "access-denied" },
  { kind: "reset-before" },
  { kind: "reset-after" },
  { kind: "truncate" },
  { kind: "unprocessed", share: 0.5 },
  { kind: "unprocessed", share: 1 },
);

/** @param nth the last of the requests that something may happen to */
function scenario(nth: number): fc.Arbitrary<Scenario> {
  const kind = fc.constantFrom("put", "put", "put", "put", "put", "put", "remove", "remove", "refused");
  const change = fc.record({ key: fc.nat({ max: 6 }), kind }) as fc.Arbitrary<Scenario["changes"][number]>;
  return fc.record({
    changes: fc.array(change, { minLength: 4, maxLength: 45, size: "max" }),
    cuts: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 50, maxLength: 50 }),
    faults: fc.uniqueArray(fc.record({ nth: fc.integer({ min: 1, max: nth }), fault: failing }), {
      minLength: 2,
      maxLength: 12,
      selector: (one) => one.nth,
      size: "max",
    }),
    seed: fc.nat(),
  });
}

function changesOf({ changes }: Scenario, run: number): Change[] {
  return changes.map(({ key, kind }, n) => {
    const id = `run-${run}-${key}`;
    return kind === "remove" ? remove(id, n) : put(id, n, kind === "refused" ? REFUSED : {});
  });
}

function batchesOf(changes: Change[], { cuts }: Scenario): Change[][] {
  const batches: Change[][] = [];
  let start = 0;
  for (const size of cuts) {
    if (start < changes.length) batches.push(changes.slice(start, start + size));
    start += size;
  }
  return batches;
}

const isRefused = ({ image }: Change) => image?.city !== undefined;
const keyText = ({ key }: Change) => JSON.stringify(key);

/** From then on the n-th write requests fail as the scenario says. */
function makeFail(proxy: FaultProxy, operations: string[], { faults }: Scenario): void {
  const before = Object.fromEntries(operations.map((name) => [name, proxy.stats.calls[name] ?? 0]));
  proxy.setRules(
    operations.flatMap((name) =>
      faults.map(({ nth, fault }) => ({ fault, operations: [name], nth: before[name]! + nth })),
    ),
  );
}

/** Calls the function, now and then one that was just started, with little time for what fails in passing. */
function invoker(create: () => StreamHandler, random: () => number) {
  let handler = create();
  return async (batch: Change[], attempt: number): Promise<number[] | undefined> => {
    if (random() < 0.3) handler = create();
    // The guard keeps back 300 ms; the more attempts there were, the more time there is, on a slow machine too.
    const remainingMs = 300 + 100 * (attempt + 1);
    return deliver(handler, batch, remainingMs).catch((error) => {
      if (/not allowed|does not answer/.test(String(error))) return undefined;
      throw error;
    });
  };
}

async function check(
  scenarios: fc.Arbitrary<Scenario>,
  numRuns: number,
  run: (one: Scenario, run: number) => Promise<void>,
): Promise<void> {
  let number = 0;
  const property = fc.asyncProperty(scenarios, (one) => run(one, number++));
  await fc.assert(property, { numRuns, seed: 20_261_123, endOnFailure: true });
}

describe("whatever writes fail, redelivery from the lowest record that is handed back loses nothing", () => {
  let table: string;
  let client: DynamoDBClient;
  let proxy: FaultProxy;
  beforeAll(async () => {
    client = dynamoDbClient();
    table = await createIndexedTable();
    proxy = await startFaultProxy({ target: dynamoDbEndpoint() });
  }, MINUTE);
  afterAll(async () => {
    await client.send(new DeleteTableCommand({ TableName: table }));
    client.destroy();
    await proxy.stop();
  });

  /** For each key the change that the replica is at: undefined where there is no item. */
  async function heldOf(changes: Change[]): Promise<Map<string, number | undefined>> {
    const keys = [...new Set(changes.map(keyText))];
    const Keys = keys.map((key): Record<string, AttributeValue> => JSON.parse(key));
    const query = { RequestItems: { [table]: { Keys, ConsistentRead: true } } };
    const { Responses } = await client.send(new BatchGetItemCommand(query));
    const held = new Map(
      Responses![table]!.map(({ id, v }) => [JSON.stringify({ id }), Number(v!.N)] as const),
    );
    return new Map(keys.map((key) => [key, held.get(key)]));
  }

  test(
    "onto a replica",
    () =>
      check(scenario(12), 16, async (one, run) => {
        const changes = changesOf(one, run);
        const random = seededNumbers(one.seed, 0, { operation: "redelivery", number: run });
        makeFail(proxy, ["BatchWriteItem"], one);
        await redeliver(batchesOf(changes, one), {
          invoke: invoker(() => replicateTo(table, { endpoint: proxy.url }), random),
          random,
          hopeless: isRefused,
          async answered(batch, done) {
            const held = await heldOf(batch);
            for (const change of batch) {
              // Of one key the last that was answered for, or a later one, is there.
              if (change.n >= done || isRefused(change)) continue;
              const since = changes.filter(
                (other) => keyText(other) === keyText(change) && other.n >= change.n,
              );
              const may = since.filter((other) => !isRefused(other)).map(({ n, image }) => image && n);
              expect(may).toContain(held.get(keyText(change)));
            }
          },
        });
        const end = new Map<string, number | undefined>(
          changes.map((change) => [keyText(change), undefined]),
        );
        for (const change of changes) {
          if (!isRefused(change)) end.set(keyText(change), change.image && change.n);
        }
        expect([...(await heldOf(changes))].sort()).toEqual([...end].sort());
      }),
    5 * MINUTE,
  );

  describe("into a folder", () => {
    let bucket: TestBucket;
    let front: S3Front;
    let s3: FaultProxy;
    let refused = new Set<string>();
    beforeAll(async () => {
      bucket = await createBucket();
      front = await startS3Front(({ sequence }) => sequence !== undefined && refused.has(sequence));
      s3 = await startFaultProxy({ target: front.url });
    }, MINUTE);
    afterAll(async () => {
      await Promise.all([s3.stop(), front.stop()]);
      await bucket.drop();
    }, MINUTE);

    /** The places of the versions of each object, oldest first. */
    const known = new Map<string, Stored>();
    async function storedIn(folder: string): Promise<Map<string, number[]>> {
      const places = (stored: Stored[]) => stored.map(({ sequence }) => placeOf(sequence!));
      const versions = await versionsIn(bucket, folder, known);
      return new Map([...versions].map(([name, stored]) => [name, places(stored)]));
    }

    test(
      "of a bucket",
      () =>
        check(scenario(40), 8, async (one, run) => {
          const changes = changesOf(one, run);
          const BackupTable = `run-${run}`;
          const folder = `backups/${BackupTable}`;
          const random = seededNumbers(one.seed, 0, { operation: "redelivery", number: run });
          refused = new Set(changes.filter(isRefused).map(({ n }) => sequenceOf(n)));
          makeFail(s3, ["PUT", "DELETE"], one);
          await redeliver(batchesOf(changes, one), {
            invoke: invoker(() => backupTo(bucket.name, { endpoint: s3.url, env: { BackupTable } }), random),
            random,
            hopeless: isRefused,
            async answered(batch, done) {
              const stored = await storedIn(folder);
              const missing = batch.filter(({ key, n }) => n < done && !stored.get(nameOf(key))?.includes(n));
              expect(missing).toEqual([]);
            },
          });
          const kept = changes.filter((change) => !isRefused(change));
          const expected = new Map<string, number[]>();
          for (const { key, n } of kept) expected.set(nameOf(key), [...(expected.get(nameOf(key)) ?? []), n]);
          const stored = [...(await storedIn(folder))].map(([name, places]) => [name, [...new Set(places)]]);
          expect(stored.sort()).toEqual([...expected].sort());
          const end = new Map<string, Wire | undefined>();
          for (const { key, image } of kept) end.set(nameOf(key), image);
          const there = [...end].filter(([, image]) => image !== undefined);
          expect([...(await objectsIn(bucket, folder))].sort()).toEqual(there.sort() as [string, Wire][]);
        }),
      5 * MINUTE,
    );
  });
});
