import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { dynamoDbEndpoint } from "../test/helpers/dynamodb.ts";
import { type FaultRule, startFaultProxy } from "../test/helpers/fault-proxy.ts";
import { s3Endpoint, withBucket } from "../test/helpers/s3.ts";
import { ID_KEY, withTables } from "../test/helpers/table.ts";
import { objectsIn } from "../test/lambda/bucket-records.ts";
import { type Bundle, unpackBundle } from "./helpers/bundle.ts";
import { backupVariables, replicateVariables } from "./helpers/functions.ts";
import { type FunctionOptions, NODE_VERSIONS, withFunction } from "./helpers/lambda-function.ts";
import { linesSaying } from "./helpers/log-lines.ts";
import { NOTHING_AGAIN } from "./helpers/outcomes.ts";
import { insertedOrders } from "./helpers/stream-events.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await unpackBundle();
});
afterAll(() => bundle.drop());

/** What passes by itself, one of each kind. Node's fetch() has words of its own for most of it. */
const faults = (operation: string): FaultRule[] =>
  [
    { kind: "reset-before" } as const,
    { kind: "reset-after" } as const,
    { kind: "throttle" } as const,
    { kind: "server-error" } as const,
    { kind: "server-error", status: 503 } as const,
    // S3's answers to what is written are empty.
    ...(operation === "PUT" ? [] : [{ kind: "truncate" } as const]),
  ].map((fault, index) => ({ operations: [operation], nth: 2 * index + 1, fault }));

/** Replays 250 records past a server where each fault happens, and tells of each that the request was repeated. */
async function replay(options: Omit<FunctionOptions, "root">, rules: FaultRule[]): Promise<void> {
  await withFunction({ ...options, root: bundle.root }, async (lambda) => {
    expect(await lambda.invoke({ Records: insertedOrders("orders", 0, 250) })).toEqual(NOTHING_AGAIN);
    const log = await lambda.log();
    expect(linesSaying("batch", log)).toMatchObject([{ written: 250, calls: { retries: rules.length } }]);
  });
}

describe.each(NODE_VERSIONS)("faults on Node %s", (node) => {
  test("replicate repeats what fails in passing", async () => {
    const rules = faults("BatchWriteItem");
    const proxy = await startFaultProxy({ target: dynamoDbEndpoint(), rules });
    await withTables([ID_KEY], async (replica) => {
      const variables = replicateVariables(replica, proxy.url);
      await replay({ node, handler: "replicate", variables }, rules);
      expect(await replica.items()).toHaveLength(250);
    }).finally(proxy.stop);
  });

  test("backup repeats what fails in passing", async () => {
    const rules = faults("PUT");
    const proxy = await startFaultProxy({ target: s3Endpoint(), rules });
    await withBucket(async (bucket) => {
      const variables = backupVariables(bucket.name, proxy.url);
      await replay({ node, handler: "backup", variables }, rules);
      expect((await objectsIn(bucket, "backups/orders")).size).toBe(250);
    }).finally(proxy.stop);
  });
});
