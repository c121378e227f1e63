import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";

/** One answer of the server, as JSON and nothing more: what everything here is compared with. */
export async function ask<Output>(operation: string, input: object): Promise<Output> {
  const scope = "AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/dynamodb/aws4_request";
  const response = await fetch(dynamoDbEndpoint(), {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      authorization: `${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${operation}: ${text}`);
  return JSON.parse(text) as Output;
}

/** A segment as the server has it: each item as JSON text, sorted; and what one scan of it costs. */
export interface RawSegment {
  rows: string[];
  readUnits: number;
}

interface Page {
  Items: object[];
  LastEvaluatedKey?: object;
  ConsumedCapacity: { CapacityUnits: number };
}

export async function rawSegment(
  TableName: string,
  Segment: number,
  TotalSegments: number,
): Promise<RawSegment> {
  const rows: string[] = [];
  let readUnits = 0;
  let ExclusiveStartKey: object | undefined;
  do {
    const query = { TableName, Segment, TotalSegments, ExclusiveStartKey, ReturnConsumedCapacity: "TOTAL" };
    const page = await ask<Page>("Scan", query);
    for (const item of page.Items) rows.push(JSON.stringify(item));
    readUnits += page.ConsumedCapacity.CapacityUnits;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return { rows: rows.sort(), readUnits };
}

export async function rawSegments(table: string, segments: number): Promise<RawSegment[]> {
  return Promise.all(Array.from({ length: segments }, (_, segment) => rawSegment(table, segment, segments)));
}
