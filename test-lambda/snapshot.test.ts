import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { withBucket } from "../test/helpers/s3.ts";
import { type Bundle, unpackBundle } from "./helpers/bundle.ts";
import { backupVariables, snapshotVariables } from "./helpers/functions.ts";
import { HOSTS } from "./helpers/hosts.ts";
import { linesSaying } from "./helpers/log-lines.ts";
import { NOTHING_AGAIN } from "./helpers/outcomes.ts";
import { insertedOrders } from "./helpers/stream-events.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await unpackBundle();
});
afterAll(() => bundle.drop());

describe.each(HOSTS)("snapshot on $host", ({ node, withFunction }) => {
  test("folds what backup has written, each time it is called", async () => {
    await withBucket(async (bucket) => {
      const records = insertedOrders("orders", 0, 40);
      const backup = { node, root: bundle.root, handler: "backup", variables: backupVariables(bucket.name) };
      await withFunction(backup, async (lambda) => {
        expect(await lambda.invoke({ Records: records })).toEqual(NOTHING_AGAIN);
      });
      const variables = snapshotVariables(bucket.name, "orders", "snapshots/orders.gz");
      await withFunction({ node, root: bundle.root, handler: "snapshot", variables }, async (lambda) => {
        for (const _time of [1, 2]) {
          const outcome = await lambda.invoke({ "detail-type": "Scheduled Event", source: "aws.events" });
          const { Body, ContentLength } = await bucket.client.send(
            new GetObjectCommand({ Bucket: bucket.name, Key: "snapshots/orders.gz" }),
          );
          expect(outcome).toMatchObject({ answer: { records: 40, bytes: ContentLength } });
          const lines = gunzipSync(await Body!.transformToByteArray())
            .toString()
            .trimEnd()
            .split("\n");
          const images = records.map(({ dynamodb }) => JSON.stringify(dynamodb.NewImage));
          expect(lines.sort()).toEqual(images.sort());
        }
        expect(linesSaying("snapshot", await lambda.log())).toHaveLength(2);
      });
    });
  });

  test("fails with one line where there is nothing to fold", async () => {
    await withBucket(async (bucket) => {
      const variables = snapshotVariables(bucket.name, "not-there", "snapshots/orders.gz");
      await withFunction({ node, root: bundle.root, handler: "snapshot", variables }, async (lambda) => {
        expect(await lambda.invoke({})).toMatchObject({
          error: { errorMessage: expect.stringMatching(/^[^\n]*not-there[^\n]*$/) },
        });
      });
    });
  });
});
