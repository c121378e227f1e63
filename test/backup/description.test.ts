import { afterAll, beforeAll, expect, test } from "bun:test";
import { CreateTableCommand, UpdateTimeToLiveCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { dynamoDbClient, dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { uniqueName } from "../helpers/environment.ts";
import { withPlace } from "../helpers/stores.ts";
import { backedUp, readManifest } from "./dump.ts";
import { ask } from "./raw-table.ts";

const client = dynamoDbClient();
const name = uniqueName("described");

beforeAll(async () => {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      KeySchema: [
        { AttributeName: "id", KeyType: "HASH" },
        { AttributeName: "at", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "at", AttributeType: "N" },
        { AttributeName: "id", AttributeType: "S" },
        { AttributeName: "customer", AttributeType: "S" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "by-customer",
          KeySchema: [{ AttributeName: "customer", KeyType: "HASH" }],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
      BillingMode: "PAY_PER_REQUEST",
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: name });
  const expiry = { Enabled: true, AttributeName: "expires" };
  await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: expiry }));
});

afterAll(async () => {
  await ask("DeleteTable", { TableName: name });
  client.destroy();
});

type Answers = Record<string, (input: { NextToken?: string }) => { status: number; body: object }>;

/** The tests' server, but for what it doesn't know: tags. */
function serverThatAnswers(answers: Answers) {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const operation = request.headers.get("x-amz-target")!.split(".").at(-1)!;
      const body = await request.text();
      const answer = answers[operation]?.(JSON.parse(body));
      if (answer !== undefined) return Response.json(answer.body, { status: answer.status });
      return fetch(dynamoDbEndpoint(), { method: "POST", headers: request.headers, body });
    },
  });
}

async function backedUpThrough(answers: Answers) {
  const server = serverThatAnswers(answers);
  try {
    return await withPlace("directory", async (place) => {
      await backedUp(`http://127.0.0.1:${server.port}/${name}`, place, "--jobid", "one");
      return (await readManifest(place, "one"))!;
    });
  } finally {
    await server.stop(true);
  }
}

test("a table is described so that it can be made again: keys, indexes, stream, expiry, tags", async () => {
  const asked: (string | undefined)[] = [];
  const { table, description, ...manifest } = await backedUpThrough({
    ListTagsOfResource({ NextToken }) {
      asked.push(NextToken);
      const Tags = [{ Key: NextToken ?? "team", Value: "orders é" }];
      return { status: 200, body: NextToken === undefined ? { Tags, NextToken: "page 2" } : { Tags } };
    },
  });
  const { Table } = await ask<{ Table: Record<string, unknown> }>("DescribeTable", { TableName: name });
  expect(withoutTimes(description.table)).toEqual(withoutTimes(Table));
  const createdAt = new Date((Table.CreationDateTime as number) * 1000).toISOString();
  expect(description.table.CreationDateTime).toBe(createdAt);
  expect(table).toEqual({
    ...{ name, arn: Table.TableArn as string, createdAt },
    keySchema: [
      { name: "id", type: "S" },
      { name: "at", type: "N" },
    ],
  });
  expect(description.timeToLive).toEqual({ AttributeName: "expires", TimeToLiveStatus: "ENABLED" });
  expect(asked).toEqual([undefined, "page 2"]);
  expect(description.tags).toEqual([
    { Key: "team", Value: "orders é" },
    { Key: "page 2", Value: "orders é" },
  ]);
  expect(manifest).toMatchObject({ items: 0, rawBytes: 0 });
});

test("tags and expiry are left out where they may not be asked for", async () => {
  const body = { __type: "com.amazon.coral.service#AccessDeniedException", Message: "no" };
  const denied = () => ({ status: 400, body });
  const { description } = await backedUpThrough({ ListTagsOfResource: denied, DescribeTimeToLive: denied });
  expect(Object.keys(description)).toEqual(["table"]);
});

/** Times are numbers in DynamoDB's answers, and text of ISO 8601 in a manifest. */
function withoutTimes(described: object): unknown {
  return JSON.parse(JSON.stringify(described), (key, value) => (key.endsWith("DateTime") ? "time" : value));
}
