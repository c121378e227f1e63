import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  type DescribeTableOutput,
  DescribeTimeToLiveCommand,
  type DescribeTimeToLiveOutput,
  ListTagsOfResourceCommand,
  type ListTagsOfResourceOutput,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import type { WireItem, WireKey } from "../item/attribute-value.ts";
import type { TableLocation } from "../location.ts";
import { NotDynamoDb, toDdbrError } from "./failure.ts";
import { type Consumed, openRequests, type RequestOptions } from "./table-requests.ts";

export interface ScanInput {
  Segment: number;
  TotalSegments: number;
  ConsistentRead: boolean;
  Limit?: number;
  ExclusiveStartKey?: WireKey;
}

export interface QueryInput extends Omit<ConditionInput, "ConditionExpression"> {
  KeyConditionExpression: string;
  ConsistentRead: boolean;
  Limit?: number;
  ExclusiveStartKey?: WireKey;
}

/** A page of a scan or a query. */
export interface ScanOutput {
  Items: WireItem[];
  LastEvaluatedKey?: WireKey;
  ConsumedCapacity?: Consumed;
}

export type WriteRequest = { PutRequest: { Item: WireItem } } | { DeleteRequest: { Key: WireKey } };

export interface ConditionInput {
  ConditionExpression: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues?: WireItem;
}

/** The slice of DynamoDB that this project uses, on one table, items in wire form. */
export interface Dynamo {
  describe(signal?: AbortSignal): Promise<NonNullable<DescribeTableOutput["Table"]>>;
  /** Tags and expiry, which describing leaves out; each `undefined` where it is not allowed or not known there. */
  extras(arn: string, signal?: AbortSignal): Promise<TableExtras>;
  scan(input: ScanInput, signal?: AbortSignal): Promise<ScanOutput>;
  query(input: QueryInput, signal?: AbortSignal): Promise<ScanOutput>;
  /** At most 100 keys; `unprocessed` are those that the answer did not cover. */
  batchGet(
    keys: WireKey[],
    consistent: boolean,
    signal?: AbortSignal,
  ): Promise<{ items: WireItem[]; unprocessed: WireKey[] }>;
  /** At most 25 requests; returns those that were not carried out. A stop ends the repeating, not an attempt under way. */
  batchWrite(writes: WriteRequest[], signal?: AbortSignal): Promise<WriteRequest[]>;
  /** One attempt, never repeated by itself. Returns the image replaced. Error `condition-failed` when the condition fails. */
  put(item: WireItem, condition: ConditionInput): Promise<WireItem | undefined>;
  delete(key: WireKey, condition: ConditionInput): Promise<WireItem | undefined>;
  close(): void;
}

export interface TableExtras {
  tags: { Key: string; Value: string }[] | undefined;
  timeToLive: DescribeTimeToLiveOutput["TimeToLiveDescription"];
}

export interface DynamoOptions extends RequestOptions {
  /** How long describing the table is tried again, in milliseconds, which is no longer than a moment by default: somebody may wait to hear of a wrong address. */
  describePatienceMs?: number | undefined;
}

const DESCRIBE_PATIENCE_MS = 2_000;

/** Opens one table; nothing is sent yet. */
export async function openDynamo(location: TableLocation, options: DynamoOptions = {}): Promise<Dynamo> {
  const { describePatienceMs = DESCRIBE_PATIENCE_MS } = options;
  const TableName = location.table;
  const requests = await openRequests(location, options);
  const ask = <Output>(operation: string, command: object, signal?: AbortSignal): Promise<Output> =>
    requests.repeatedly(operation, command, { signal, patienceMs: describePatienceMs });

  return {
    async describe(signal) {
      const output = await ask<DescribeTableOutput>(
        "DescribeTable",
        new DescribeTableCommand({ TableName }),
        signal,
      );
      const table = output.Table;
      const described = table?.KeySchema?.length && table.AttributeDefinitions?.length;
      if (!described) throw toDdbrError(new NotDynamoDb(), "DescribeTable", location.text);
      return table;
    },

    async extras(arn, signal) {
      const [tags, timeToLive] = await Promise.allSettled([
        allTags((NextToken) =>
          ask("ListTagsOfResource", new ListTagsOfResourceCommand({ ResourceArn: arn, NextToken }), signal),
        ),
        ask<DescribeTimeToLiveOutput>(
          "DescribeTimeToLive",
          new DescribeTimeToLiveCommand({ TableName }),
          signal,
        ),
      ]);
      signal?.throwIfAborted();
      return {
        tags: tags.status === "fulfilled" ? tags.value : undefined,
        timeToLive: timeToLive.status === "fulfilled" ? timeToLive.value.TimeToLiveDescription : undefined,
      };
    },

    scan(input, signal) {
      return requests.repeatedly(
        "Scan",
        wire(ScanCommand, { TableName, ReturnConsumedCapacity: "TOTAL", ...input }),
        { signal },
      );
    },

    query(input, signal) {
      return requests.repeatedly(
        "Query",
        wire(QueryCommand, { TableName, ReturnConsumedCapacity: "TOTAL", ...input }),
        { signal },
      );
    },

    async batchGet(keys, consistent, signal) {
      const output = await requests.repeatedly<BatchGetAnswer>(
        "BatchGetItem",
        wire(BatchGetItemCommand, {
          RequestItems: { [TableName]: { Keys: keys, ConsistentRead: consistent } },
          ReturnConsumedCapacity: "TOTAL",
        }),
        { signal },
      );
      return {
        items: onlyEntry(output.Responses) ?? [],
        unprocessed: onlyEntry(output.UnprocessedKeys)?.Keys ?? [],
      };
    },

    async batchWrite(writes, signal) {
      const output = await requests.repeatedly<BatchWriteAnswer>(
        "BatchWriteItem",
        wire(BatchWriteItemCommand, {
          RequestItems: { [TableName]: writes },
          ReturnConsumedCapacity: "TOTAL",
        }),
        { signal, finishAttempt: true },
      );
      return onlyEntry(output.UnprocessedItems) ?? [];
    },

    async put(item, condition) {
      const input = {
        TableName,
        Item: item,
        ReturnValues: "ALL_OLD",
        ReturnConsumedCapacity: "TOTAL",
        ...condition,
      };
      return (await requests.once<WriteAnswer>("PutItem", wire(PutItemCommand, input))).Attributes;
    },

    async delete(key, condition) {
      const input = {
        TableName,
        Key: key,
        ReturnValues: "ALL_OLD",
        ReturnConsumedCapacity: "TOTAL",
        ...condition,
      };
      return (await requests.once<WriteAnswer>("DeleteItem", wire(DeleteItemCommand, input))).Attributes;
    },

    close: () => requests.close(),
  };
}

async function allTags(
  page: (token: string | undefined) => Promise<ListTagsOfResourceOutput>,
): Promise<TableExtras["tags"]> {
  const tags: NonNullable<TableExtras["tags"]> = [];
  let token: string | undefined;
  do {
    const output = await page(token);
    for (const { Key = "", Value = "" } of output.Tags ?? []) tags.push({ Key, Value });
    token = output.NextToken;
  } while (token !== undefined);
  return tags;
}

interface BatchGetAnswer {
  Responses?: Record<string, WireItem[]>;
  UnprocessedKeys?: Record<string, { Keys: WireKey[] }>;
}

interface BatchWriteAnswer {
  UnprocessedItems?: Record<string, WriteRequest[]>;
}

interface WriteAnswer {
  Attributes?: WireItem;
}

function wire(CommandClass: new (input: never) => object, input: object): object {
  return new CommandClass(input as never);
}

/** Answers are keyed by table, by name or by ARN as asked; only one table was asked. */
function onlyEntry<Value>(byTable: Record<string, Value> | undefined): Value | undefined {
  return byTable === undefined ? undefined : Object.values(byTable)[0];
}
