import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { nodeIn } from "../scripts/testbed/lambda-runtimes.ts";
import { runProgram } from "../test/helpers/cli.ts";
import { fromTestCommand } from "../test/helpers/environment.ts";
import { ID_KEY, withTables } from "../test/helpers/table.ts";
import { type Bundle, unpackBundle } from "./helpers/bundle.ts";
import { replicateVariables } from "./helpers/functions.ts";
import { HOSTS } from "./helpers/hosts.ts";
import { NODE_VERSIONS, withFunction } from "./helpers/lambda-function.ts";
import { errorOf, NOTHING_AGAIN } from "./helpers/outcomes.ts";
import { insertedOrders } from "./helpers/stream-events.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await unpackBundle();
});
afterAll(() => bundle.drop());

const WRONG: { handler: string; variables: Record<string, string>; says: string }[] = [
  { handler: "replicate", variables: {}, says: "ReplicaTable: is not set" },
  { handler: "replicate", variables: { ReplicaTable: "orders" }, says: "ReplicaRegion: is not set" },
  {
    handler: "replicate",
    variables: { ReplicaTable: "orders", ReplicaRegion: "us-east-1", TurnoverRole: "BEFORE" },
    says: "TurnoverAt: is not set, but TurnoverRole is",
  },
  { handler: "backup", variables: {}, says: "BackupBucket: is not set" },
  {
    handler: "backup",
    variables: { BackupBucket: "backups", BackupRegion: "Mars" },
    says: 'BackupRegion: is "Mars"',
  },
  {
    handler: "snapshot",
    variables: { SnapshotSource: "s3://backups/orders" },
    says: "SnapshotDestination: is not set",
  },
  { handler: "segment", variables: { SegmentMargin: "long" }, says: 'SegmentMargin: is "long"' },
];

const RIGHT: { handler: string; variables: Record<string, string> }[] = [
  { handler: "replicate", variables: { ReplicaTable: "orders", ReplicaRegion: "eu-west-1" } },
  { handler: "backup", variables: { BackupBucket: "backups" } },
  {
    handler: "snapshot",
    variables: { SnapshotSource: "s3://backups/orders", SnapshotDestination: "s3://snapshots/orders.gz" },
  },
  { handler: "segment", variables: {} },
  { handler: "collect", variables: {} },
];

describe.each(HOSTS)("a function on $host", ({ node, withFunction }) => {
  test.each(WRONG)(
    "does not start with a wrong variable: $handler: $says",
    async ({ handler, variables, says }) => {
      await withFunction({ node, root: bundle.root, handler, variables }, async (lambda) => {
        const message = errorOf(await lambda.invoke({ Records: [] }));
        expect(message).toStartWith(says);
        expect(message).not.toContain("\n");
      });
    },
  );

  test("fails for an event that is none of a stream, and takes the next", async () => {
    await withTables([ID_KEY], async (replica) => {
      const variables = replicateVariables(replica);
      await withFunction({ node, root: bundle.root, handler: "replicate", variables }, async (lambda) => {
        for (const event of [{ hello: "world" }, null, [], "text"]) {
          expect(await lambda.invoke(event)).toMatchObject({
            error: { errorMessage: expect.stringContaining("the event holds no Records of a stream") },
          });
        }
        expect(await lambda.invoke({ Records: [{ s3: {} }] })).toMatchObject({
          error: { errorMessage: expect.stringContaining("none of a DynamoDB stream") },
        });
        expect(await lambda.invoke({ Records: insertedOrders("orders", 0, 5) })).toEqual(NOTHING_AGAIN);
        expect(await replica.items()).toHaveLength(5);
      });
    });
  });
});

describe.each(NODE_VERSIONS)("a function's process on Node %s", (node) => {
  test("ends with a failure when the function cannot be made", async () => {
    const options = { node, root: bundle.root, handler: "backup", variables: {} };
    await withFunction(options, async ({ exited }) => expect(await exited).not.toBe(0));
  });

  test.each(RIGHT)(
    "is made without doing anything that goes on: $handler",
    async ({ handler, variables }) => {
      const module = JSON.stringify(join(bundle.root, "index.mjs"));
      const program = `console.log(typeof (await import(${module}))["${handler}"])`;
      const command = [
        nodeIn(fromTestCommand("DDBR_TEST_LAMBDA"), node),
        "--input-type=module",
        "-e",
        program,
      ];
      const run = await runProgram(command, { env: { ...variables, _HANDLER: `index.${handler}` } });
      expect(run).toMatchObject({ code: 0, stdout: "function\n", stderr: "" });
    },
  );
});
