import { CreateTableCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { dynamoDbClient } from "../helpers/dynamodb.ts";
import { uniqueName } from "../helpers/environment.ts";
import type { TestTable } from "../helpers/table.ts";
import { wireForm } from "../incremental/folding.ts";
import { type Change, endOf, type Wire } from "./events.ts";

/** An attribute that the replica's own index takes as text only: an item where it is anything else is refused. */
export const REFUSED: Wire = { city: { N: "5" } };

/** Makes a table with the key `id` and an index on `city`, which the primary has not got. */
export async function createIndexedTable(): Promise<string> {
  const client = dynamoDbClient();
  const TableName = uniqueName("indexed");
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [
        { AttributeName: "id", AttributeType: "S" },
        { AttributeName: "city", AttributeType: "S" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "by-city",
          KeySchema: [{ AttributeName: "city", KeyType: "HASH" }],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName });
  client.destroy();
  return TableName;
}

/** What the table holds, by the key's text. */
export async function heldBy(
  table: Pick<TestTable, "items">,
  ...names: string[]
): Promise<Map<string, Wire>> {
  const items = (await table.items()).map((item) => wireForm(item) as Wire);
  return new Map(items.map((item) => [keyText(item, names.length === 0 ? ["id"] : names), item]));
}

function keyText(item: Wire, names: string[]): string {
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, item[name]])));
}

/** Sorted by key, to be compared. */
export function sorted(items: ReadonlyMap<string, Wire>): [string, Wire][] {
  return [...items].sort(([one], [other]) => (one < other ? -1 : 1));
}

export const expected = (changes: readonly Change[]) => sorted(endOf(changes));
