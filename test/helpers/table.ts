import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  PutItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { dynamoDbClient, dynamoDbEndpoint } from "./dynamodb.ts";
import { uniqueName } from "./environment.ts";
import { type Item, loadItems, readItems } from "./table-items.ts";

export type { Item } from "./table-items.ts";

export type KeyType = "S" | "N" | "B";
export type KeyAttribute = { name: string; type: KeyType };
export type KeySchema = { hash: KeyAttribute; range?: KeyAttribute };

/** The key schema of most tests: one string attribute, `id`. */
export const ID_KEY: KeySchema = { hash: { name: "id", type: "S" } };

export type TestTable = {
  name: string;
  schema: KeySchema;
  /** The location of this table for the program under test: `http://127.0.0.1:8000/name`. */
  location: string;
  client: DynamoDBClient;
  /** Adds items fast, in no order. Resolves when all are written. */
  load(items: Iterable<Item>): Promise<void>;
  put(item: Item): Promise<void>;
  delete(key: Item): Promise<void>;
  /** Every item there is, by a consistent scan. */
  items(): Promise<Item[]>;
  drop(): Promise<void>;
};

/** Makes an empty table of its own for one test. Drop it at the end, or use `withTables`. */
export async function createTable(schema: KeySchema = ID_KEY, prefix = "t"): Promise<TestTable> {
  const client = dynamoDbClient();
  const name = uniqueName(prefix);
  const keys = schema.range ? [schema.hash, schema.range] : [schema.hash];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      KeySchema: keys.map(
        (key, at): KeySchemaElement => ({ AttributeName: key.name, KeyType: at === 0 ? "HASH" : "RANGE" }),
      ),
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: name });
  return {
    name,
    schema,
    location: `${dynamoDbEndpoint()}/${name}`,
    client,
    load: (items) => loadItems(client, name, items),
    put: async (item) => void (await client.send(new PutItemCommand({ TableName: name, Item: item }))),
    delete: async (key) => void (await client.send(new DeleteItemCommand({ TableName: name, Key: key }))),
    items: () => readItems(client, name),
    drop: async () => {
      await client.send(new DeleteTableCommand({ TableName: name }));
      client.destroy();
    },
  };
}

/** Runs `body` with fresh tables, one per schema given, and drops them whatever happens. */
export async function withTables<T>(
  schemas: KeySchema[],
  body: (...tables: TestTable[]) => Promise<T>,
): Promise<T> {
  const tables = await Promise.all(schemas.map((schema) => createTable(schema)));
  try {
    return await body(...tables);
  } finally {
    await Promise.all(tables.map((table) => table.drop()));
  }
}
