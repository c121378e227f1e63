import { setTimeout as sleep } from "node:timers/promises";
import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  type ProvisionedThroughputDescription,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { DdbrError } from "../errors.ts";
import type { KeySchema } from "../item/attribute-value.ts";
import type { TableLocation } from "../location.ts";
import { type AccessOptions, clientAccess } from "./access.ts";
import { isPassing, toDdbrError } from "./failure.ts";
import type { WholeDescription } from "./table.ts";

/** What a table to be made is like. */
export interface TableForm {
  table: Omit<CreateTableCommandInput, "TableName">;
  /** The attribute that holds when an item expires. */
  timeToLive?: string | undefined;
}

/** With many indexes it takes minutes. */
const READY_MS = 1_800_000;
const FIRST_LOOK_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** A table like the one described: keys, indexes, billing, stream, class, tags and expiry. */
export function formLike({ table, tags, timeToLive }: WholeDescription): TableForm {
  const provisioned = table.BillingModeSummary?.BillingMode !== "PAY_PER_REQUEST";
  const throughput = (described: ProvisionedThroughputDescription | undefined) =>
    provisioned ? { ProvisionedThroughput: unitsOf(described) } : {};
  const globals = (table.GlobalSecondaryIndexes ?? []).map(
    ({ IndexName, KeySchema: keys, Projection, ProvisionedThroughput, OnDemandThroughput }) => ({
      IndexName,
      KeySchema: keys,
      Projection,
      ...throughput(ProvisionedThroughput),
      ...(OnDemandThroughput && !provisioned ? { OnDemandThroughput } : {}),
    }),
  );
  const locals = (table.LocalSecondaryIndexes ?? []).map(({ IndexName, KeySchema: keys, Projection }) => ({
    IndexName,
    KeySchema: keys,
    Projection,
  }));
  const kept = (tags ?? []).filter(({ Key }) => !Key.startsWith("aws:"));
  const { StreamSpecification, OnDemandThroughput, TableClassSummary, DeletionProtectionEnabled } = table;
  const expires = timeToLive?.TimeToLiveStatus === "ENABLED" || timeToLive?.TimeToLiveStatus === "ENABLING";
  return {
    table: {
      AttributeDefinitions: table.AttributeDefinitions,
      KeySchema: table.KeySchema,
      BillingMode: provisioned ? "PROVISIONED" : "PAY_PER_REQUEST",
      ...throughput(table.ProvisionedThroughput),
      ...(OnDemandThroughput && !provisioned ? { OnDemandThroughput } : {}),
      ...(globals.length > 0 ? { GlobalSecondaryIndexes: globals } : {}),
      ...(locals.length > 0 ? { LocalSecondaryIndexes: locals } : {}),
      ...(StreamSpecification?.StreamEnabled ? { StreamSpecification } : {}),
      ...(TableClassSummary?.TableClass ? { TableClass: TableClassSummary.TableClass } : {}),
      ...(DeletionProtectionEnabled ? { DeletionProtectionEnabled } : {}),
      ...(kept.length > 0 ? { Tags: kept } : {}),
    },
    timeToLive: expires ? timeToLive?.AttributeName : undefined,
  };
}

/** A table with these keys and nothing else, paid by request. */
export function plainForm(schema: KeySchema): TableForm {
  const keyTypes = ["HASH", "RANGE"] as const;
  const AttributeDefinitions: AttributeDefinition[] = schema.map(({ name, type }) => ({
    AttributeName: name,
    AttributeType: type,
  }));
  const keys: KeySchemaElement[] = schema.map(({ name }, index) => ({
    AttributeName: name,
    KeyType: keyTypes[index]!,
  }));
  return { table: { AttributeDefinitions, KeySchema: keys, BillingMode: "PAY_PER_REQUEST" } };
}

/**
 * Makes a table and waits until it can be used.
 * @throws DdbrError `exists` when there is one of that name
 */
export async function createTable(
  location: TableLocation,
  { table, timeToLive }: TableForm,
  access: AccessOptions,
  signal: AbortSignal,
): Promise<void> {
  await withClient(location, access, signal, async (client, send) => {
    const TableName = location.name;
    await send("CreateTable", new CreateTableCommand({ TableName, ...table }));
    await untilActive(location, client, signal);
    if (timeToLive === undefined) return;
    const TimeToLiveSpecification = { Enabled: true, AttributeName: timeToLive };
    await send("UpdateTimeToLive", new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  });
}

/** Deletes a table, whatever it holds. */
export async function deleteTable(
  location: TableLocation,
  access: AccessOptions,
  signal: AbortSignal,
): Promise<void> {
  await withClient(location, access, signal, async (_, send) => {
    await send("DeleteTable", new DeleteTableCommand({ TableName: location.name }));
  });
}

/** Not by the SDK's own waiting, which takes every failure for "not yet". */
async function untilActive(
  location: TableLocation,
  client: DynamoDBClient,
  signal: AbortSignal,
): Promise<void> {
  const command = new DescribeTableCommand({ TableName: location.name });
  const until = performance.now() + READY_MS;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await sleep(pause, undefined, { signal });
    let failure: DdbrError | undefined;
    try {
      const { Table } = await client.send(command, { abortSignal: signal });
      if (Table?.TableStatus === "ACTIVE") return;
    } catch (error) {
      signal.throwIfAborted();
      failure = toDdbrError(error, "DescribeTable", location.text);
      // Just made, it may not be known everywhere.
      if (failure.code !== "no-such-table" && !isPassing(failure)) throw notReady(failure, location);
    }
    if (performance.now() > until) throw notReady(failure, location);
  }
}

type Send = (
  operation: string,
  command: CreateTableCommand | DeleteTableCommand | UpdateTimeToLiveCommand,
) => Promise<void>;

async function withClient(
  location: TableLocation,
  access: AccessOptions,
  signal: AbortSignal,
  work: (client: DynamoDBClient, send: Send) => Promise<void>,
): Promise<void> {
  const client = new DynamoDBClient(await clientAccess(location, access));
  try {
    await work(client, async (operation, command) => {
      const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
      try {
        await client.send(command as CreateTableCommand, { abortSignal });
      } catch (error) {
        signal.throwIfAborted();
        throw failureOf(error, operation, location);
      }
    });
  } finally {
    client.destroy();
  }
}

function failureOf(error: unknown, operation: string, { text }: TableLocation): DdbrError {
  if (operation === "CreateTable" && (error as Error).name === "ResourceInUseException") {
    return new DdbrError("exists", "there is such a table already", {
      subject: text,
      hint: "leave --create away to restore into it, or give another name",
      cause: error,
    });
  }
  return toDdbrError(error, operation, text);
}

/** What waiting fails with is JSON of several lines. */
function notReady(cause: DdbrError | undefined, { text }: TableLocation): DdbrError {
  const why = cause === undefined ? "" : `: ${cause.message}`;
  return new DdbrError("table-state", `was made, but is not known to be ready${why}`, {
    subject: text,
    hint: "when DynamoDB shows it as ACTIVE, restore into it without --create",
    cause,
  });
}

/** Without the moments and counts that a description has beside them. */
function unitsOf(described: ProvisionedThroughputDescription | undefined) {
  const { ReadCapacityUnits = 1, WriteCapacityUnits = 1 } = described ?? {};
  return { ReadCapacityUnits, WriteCapacityUnits };
}
