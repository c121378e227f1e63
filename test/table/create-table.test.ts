import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { parseTableLocation } from "../../src/core/location.ts";
import { createTable, deleteTable, formLike, plainForm } from "../../src/core/table/create-table.ts";
import { openTable } from "../../src/core/table/table.ts";
import { dynamoDbClient, dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { uniqueName } from "../helpers/environment.ts";

const client = dynamoDbClient();
const NEVER = new AbortController().signal;
const made: string[] = [];
const locationOf = (name: string) => parseTableLocation(`${dynamoDbEndpoint()}/${name}`);

function newName(prefix: string): string {
  const name = uniqueName(prefix);
  made.push(name);
  return name;
}

/** What of a description is the table's own, and not its history's. */
function formOf({ KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, ...table }: TableDescription) {
  const units = ({
    ReadCapacityUnits,
    WriteCapacityUnits,
  }: NonNullable<TableDescription["ProvisionedThroughput"]>) => [ReadCapacityUnits, WriteCapacityUnits];
  return {
    KeySchema,
    attributes: AttributeDefinitions?.map(
      ({ AttributeName, AttributeType }) => `${AttributeName} ${AttributeType}`,
    ).sort(),
    billing: table.BillingModeSummary?.BillingMode,
    units: units(table.ProvisionedThroughput!),
    stream: table.StreamSpecification,
    globals: GlobalSecondaryIndexes?.map((index) => [
      index.IndexName,
      index.KeySchema,
      index.Projection,
      units(index.ProvisionedThroughput!),
    ]),
    locals: table.LocalSecondaryIndexes?.map(({ IndexName, KeySchema: keys, Projection }) => [
      IndexName,
      keys,
      Projection,
    ]),
    protected: table.DeletionProtectionEnabled,
  };
}

async function describeWhole(name: string) {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
  return {
    ...formOf(Table!),
    expires: [ttl.TimeToLiveDescription?.TimeToLiveStatus, ttl.TimeToLiveDescription?.AttributeName],
  };
}

const model = newName("model");

beforeAll(async () => {
  await client.send(
    new CreateTableCommand({
      TableName: model,
      AttributeDefinitions: [
        { AttributeName: "id", AttributeType: "S" },
        { AttributeName: "at", AttributeType: "N" },
        { AttributeName: "owner", AttributeType: "S" },
        { AttributeName: "bin", AttributeType: "B" },
      ],
      KeySchema: [
        { AttributeName: "id", KeyType: "HASH" },
        { AttributeName: "at", KeyType: "RANGE" },
      ],
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 11 },
      GlobalSecondaryIndexes: [
        {
          IndexName: "by-owner",
          KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["total"] },
          ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 5 },
        },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: "by-bin",
          KeySchema: [
            { AttributeName: "id", KeyType: "HASH" },
            { AttributeName: "bin", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: model });
  const TimeToLiveSpecification = { Enabled: true, AttributeName: "expires" };
  await client.send(new UpdateTimeToLiveCommand({ TableName: model, TimeToLiveSpecification }));
});

afterAll(async () => {
  for (const name of made) await client.send(new DeleteTableCommand({ TableName: name })).catch(() => {});
  client.destroy();
});

describe("a table made like another", () => {
  test("has its keys, indexes, billing, stream and expiry, also from a description that was kept as JSON", async () => {
    const table = await openTable(locationOf(model));
    const kept = JSON.parse(JSON.stringify(await table.describe()));
    table.close();
    const name = newName("copy");
    await createTable(locationOf(name), formLike(kept), {}, NEVER);
    expect(await describeWhole(name)).toEqual(await describeWhole(model));
  });

  test("by request where the other is", async () => {
    const [from, to] = [newName("onward"), newName("onward")];
    await createTable(locationOf(from), plainForm([{ name: "n", type: "N" }]), {}, NEVER);
    const table = await openTable(locationOf(from));
    await createTable(locationOf(to), formLike(await table.describe()), {}, NEVER);
    table.close();
    const described = await describeWhole(to);
    expect(described.billing).toBe("PAY_PER_REQUEST");
    expect(described.attributes).toEqual(["n N"]);
    expect(described).toEqual(await describeWhole(from));
  });

  // DynamoDB Local knows no tags.
  test("has its tags, but for those that AWS gives itself", async () => {
    const table = await openTable(locationOf(model));
    const described = await table.describe();
    table.close();
    const tags = [
      { Key: "team", Value: "payments" },
      { Key: "aws:cloudformation:stack-name", Value: "orders" },
    ];
    expect(formLike({ ...described, tags }).table.Tags).toEqual([{ Key: "team", Value: "payments" }]);
  });

  test("is refused where there is one of that name", async () => {
    const form = plainForm([{ name: "id", type: "S" }]);
    await expect(createTable(locationOf(model), form, {}, NEVER)).rejects.toMatchObject({
      code: "exists",
      hint: expect.stringContaining("--create"),
    });
  });

  test("can be deleted again", async () => {
    const name = newName("gone");
    await createTable(locationOf(name), plainForm([{ name: "id", type: "S" }]), {}, NEVER);
    await deleteTable(locationOf(name), {}, NEVER);
    await expect(client.send(new DescribeTableCommand({ TableName: name }))).rejects.toThrow("non-existent");
  });
});
