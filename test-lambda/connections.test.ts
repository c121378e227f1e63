import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { dynamoDbEndpoint } from "../test/helpers/dynamodb.ts";
import { s3Endpoint, withBucket } from "../test/helpers/s3.ts";
import { ID_KEY, withTables } from "../test/helpers/table.ts";
import { type Bundle, unpackBundle } from "./helpers/bundle.ts";
import { backupVariables, replicateVariables } from "./helpers/functions.ts";
import { type LambdaFunction, NODE_VERSIONS, withFunction } from "./helpers/lambda-function.ts";
import { NOTHING_AGAIN } from "./helpers/outcomes.ts";
import { type Relay, startRelay } from "./helpers/relay.ts";
import { insertedOrders } from "./helpers/stream-events.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await unpackBundle();
});
afterAll(() => bundle.drop());

/** Runs `body` with a way to a server that can be cut. */
async function withRelay(target: string, body: (relay: Relay) => Promise<void>): Promise<void> {
  const relay = await startRelay(target);
  await body(relay).finally(relay.stop);
}

/** Batches one after the other; between the last two the function sleeps, and its server ends the connections. */
async function invokeAndFreeze(
  lambda: LambdaFunction,
  relay: Relay,
  { batchSize, requestsABatch }: { batchSize: number; requestsABatch: number },
): Promise<void> {
  const invoke = async (number: number) => {
    const Records = insertedOrders("orders", number * batchSize, (number + 1) * batchSize);
    expect(await lambda.invoke({ Records })).toEqual(NOTHING_AGAIN);
  };
  for (const number of [0, 1, 2]) await invoke(number);
  const { connections } = relay;
  // Slow servers end some; without any being used again it would be one for each request of three batches.
  expect(connections).toBeLessThan(2 * requestsABatch);
  lambda.freeze();
  relay.cut();
  lambda.thaw();
  await invoke(3);
  expect(relay.connections).toBeGreaterThan(connections);
}

describe.each(NODE_VERSIONS)("connections on Node %s", (node) => {
  test("replicate uses them again in the next batch, and others when they have ended in its sleep", async () => {
    await withTables([ID_KEY], (replica) =>
      withRelay(dynamoDbEndpoint(), async (relay) => {
        const variables = replicateVariables(replica, relay.url);
        await withFunction({ node, root: bundle.root, handler: "replicate", variables }, async (lambda) => {
          await invokeAndFreeze(lambda, relay, { batchSize: 1000, requestsABatch: 40 });
          expect(await replica.items()).toHaveLength(4000);
        });
      }),
    );
  });

  test("backup uses them again in the next batch, and others when they have ended in its sleep", async () => {
    await withBucket((bucket) =>
      withRelay(s3Endpoint(), async (relay) => {
        const variables = backupVariables(bucket.name, relay.url);
        await withFunction({ node, root: bundle.root, handler: "backup", variables }, async (lambda) => {
          await invokeAndFreeze(lambda, relay, { batchSize: 100, requestsABatch: 100 });
        });
      }),
    );
  });
});
