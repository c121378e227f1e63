import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  type DescribeTableOutput,
  DescribeTimeToLiveCommand,
  type DescribeTimeToLiveOutput,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  type ListTagsOfResourceOutput,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import pRetry from "p-retry";
import type { RequestObserver } from "../diff/source.ts";
import type { DdbrError } from "../errors.ts";
import type { WireItem, WireKey } from "../item/attribute-value.ts";
import type { TableLocation } from "../location.ts";
import { type AccessOptions, clientAccess } from "./access.ts";
import { isPassing, NotDynamoDb, toDdbrError } from "./failure.ts";
import { WireProtocol } from "./wire-protocol.ts";

/** What an answer says of its cost. */
interface Consumed {
  CapacityUnits?: number;
}

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
  batchWrite(requests: WriteRequest[], signal?: AbortSignal): Promise<WriteRequest[]>;
  /** One attempt, never repeated by itself. Returns the image replaced. Error `condition-failed` when the condition fails. */
  put(item: WireItem, condition: ConditionInput): Promise<WireItem | undefined>;
  delete(key: WireKey, condition: ConditionInput): Promise<WireItem | undefined>;
  close(): void;
}

export interface TableExtras {
  tags: { Key: string; Value: string }[] | undefined;
  timeToLive: DescribeTimeToLiveOutput["TimeToLiveDescription"];
}

export interface DynamoOptions {
  access?: AccessOptions;
  observer?: RequestObserver;
  /** How long one request is tried again before the run gives up, in milliseconds. */
  patienceMs?: number;
  /** And how long describing the table is, which is no longer than a moment by default: somebody may wait to hear of a wrong address. */
  describePatienceMs?: number | undefined;
}

export const DEFAULT_PATIENCE_MS = 60_000;
const REQUEST_TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
const DESCRIBE_PATIENCE_MS = 2_000;

/** Those whose answers tell read units. */
export const READ_OPERATIONS: ReadonlySet<string> = new Set(["Scan", "Query", "BatchGetItem"]);

type Answer = { ConsumedCapacity?: Consumed | Consumed[]; $bytes?: number };

/** Opens one table; nothing is sent yet. */
export async function openDynamo(location: TableLocation, options: DynamoOptions = {}): Promise<Dynamo> {
  const client = new DynamoDBClient({
    ...(await clientAccess(location, options.access ?? {})),
    protocol: WireProtocol,
    requestHandler: new FetchHttpHandler({
      requestTimeout: REQUEST_TIMEOUT_MS,
      customFetch: fetchWhole as typeof fetch,
    }),
    // Repeating is done here, where it is counted and can be interrupted.
    maxAttempts: 1,
  });
  client.middlewareStack.remove("loggerMiddleware");
  const { observer, patienceMs = DEFAULT_PATIENCE_MS, describePatienceMs = DESCRIBE_PATIENCE_MS } = options;
  const TableName = location.table;

  async function attempt<Output>(operation: string, command: object, signal?: AbortSignal): Promise<Output> {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    try {
      const abortSignal = signal ? AbortSignal.any([signal, timeout]) : timeout;
      // The SDK types its commands with binary as bytes; WireProtocol sends the wire form just as it is.
      const output = (await client.send(command as never, { abortSignal })) as Answer;
      observer?.answered({ operation, bytes: output.$bytes ?? 0, ...unitsOf(operation, output) });
      return output as Output;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw toDdbrError(timeout.aborted ? timeout.reason : error, operation, location.text);
    }
  }

  function persist<Output>(
    operation: string,
    command: object,
    signal?: AbortSignal,
    { maxRetryTime = patienceMs, finishAttempt = false } = {},
  ): Promise<Output> {
    return pRetry(() => attempt<Output>(operation, command, finishAttempt ? undefined : signal), {
      retries: Number.POSITIVE_INFINITY,
      maxRetryTime,
      minTimeout: FIRST_PAUSE_MS,
      maxTimeout: LONGEST_PAUSE_MS,
      randomize: true,
      ...(signal ? { signal } : {}),
      shouldRetry: ({ error }) => {
        if (!isPassing(error)) return false;
        const failure = error as DdbrError;
        observer?.retried({ operation, throttled: failure.code === "throttled" }, failure);
        return true;
      },
    });
  }

  const ask = <Output>(operation: string, command: object, signal?: AbortSignal): Promise<Output> =>
    persist(operation, command, signal, { maxRetryTime: describePatienceMs });

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
      return persist(
        "Scan",
        wire(ScanCommand, { TableName, ReturnConsumedCapacity: "TOTAL", ...input }),
        signal,
      );
    },

    query(input, signal) {
      return persist(
        "Query",
        wire(QueryCommand, { TableName, ReturnConsumedCapacity: "TOTAL", ...input }),
        signal,
      );
    },

    async batchGet(keys, consistent, signal) {
      const output = await persist<BatchGetAnswer>(
        "BatchGetItem",
        wire(BatchGetItemCommand, {
          RequestItems: { [TableName]: { Keys: keys, ConsistentRead: consistent } },
          ReturnConsumedCapacity: "TOTAL",
        }),
        signal,
      );
      return {
        items: onlyEntry(output.Responses) ?? [],
        unprocessed: onlyEntry(output.UnprocessedKeys)?.Keys ?? [],
      };
    },

    async batchWrite(requests, signal) {
      const output = await persist<BatchWriteAnswer>(
        "BatchWriteItem",
        wire(BatchWriteItemCommand, {
          RequestItems: { [TableName]: requests },
          ReturnConsumedCapacity: "TOTAL",
        }),
        signal,
        { finishAttempt: true },
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
      return (await attempt<WriteAnswer>("PutItem", wire(PutItemCommand, input))).Attributes;
    },

    async delete(key, condition) {
      const input = {
        TableName,
        Key: key,
        ReturnValues: "ALL_OLD",
        ReturnConsumedCapacity: "TOTAL",
        ...condition,
      };
      return (await attempt<WriteAnswer>("DeleteItem", wire(DeleteItemCommand, input))).Attributes;
    },

    close: () => client.destroy(),
  };
}

/**
 * Takes an answer in one piece: going through its stream costs several times the CPU and memory.
 * The handler and the protocols only look at these members of a Response.
 */
export async function fetchWhole(request: Request): Promise<unknown> {
  // A signed request is for the server it was made for, and for no other.
  const response = await fetch(request, { redirect: "manual" });
  const { headers, status, statusText } = response;
  return { headers, status, statusText, body: Buffer.from(await response.arrayBuffer()) };
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

function unitsOf(operation: string, answer: Answer): { readUnits: number; writeUnits: number } {
  const consumed = answer.ConsumedCapacity ?? [];
  const list = Array.isArray(consumed) ? consumed : [consumed];
  const units = list.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  return READ_OPERATIONS.has(operation)
    ? { readUnits: units, writeUnits: 0 }
    : { readUnits: 0, writeUnits: units };
}
