import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";

/** An item as the standard SDK takes it: numbers as text, binary as bytes. */
export type Item = Record<string, AttributeValue>;

const BATCH = 25;
// More at once do not make DynamoDB Local faster. One segment alone makes it ten times slower.
const CONCURRENCY = 8;
const SCAN_SEGMENTS = 8;

/** Writes items by batches, several at once, until every one is in. Keys must not repeat within a batch. */
export async function loadItems(client: DynamoDBClient, table: string, items: Iterable<Item>): Promise<void> {
  const source = items[Symbol.iterator]();
  const worker = async () => {
    for (let batch = take(source, BATCH); batch.length > 0; batch = take(source, BATCH)) {
      await writeBatch(client, table, batch);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

function take(source: Iterator<Item>, count: number): WriteRequest[] {
  const batch: WriteRequest[] = [];
  while (batch.length < count) {
    const next = source.next();
    if (next.done) break;
    batch.push({ PutRequest: { Item: next.value } });
  }
  return batch;
}

async function writeBatch(client: DynamoDBClient, table: string, batch: WriteRequest[]): Promise<void> {
  let left = batch;
  while (left.length > 0) {
    const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }));
    left = answer.UnprocessedItems?.[table] ?? [];
  }
}

/** Every item of a table, by consistent reads, in no order. */
export async function readItems(client: DynamoDBClient, table: string): Promise<Item[]> {
  const segments = Array.from({ length: SCAN_SEGMENTS }, (_, segment) => readSegment(client, table, segment));
  return (await Promise.all(segments)).flat();
}

async function readSegment(client: DynamoDBClient, table: string, segment: number): Promise<Item[]> {
  const items: Item[] = [];
  const query = { TableName: table, Segment: segment, TotalSegments: SCAN_SEGMENTS, ConsistentRead: true };
  for await (const page of paginateScan({ client }, query)) items.push(...(page.Items ?? []));
  return items;
}
