import { DdbrError } from "../errors.ts";
import type { KeyAttribute, KeySchema, KeyType } from "../item/attribute-value.ts";
import type { TableLocation } from "../location.ts";
import type { Dynamo } from "./dynamo.ts";

export interface TableDescription {
  arn: string;
  /** With the ARN it tells tables apart, also those of servers that all give the same ARNs; milliseconds. */
  createdAt: number;
  schema: KeySchema;
  /** As the service counts them, up to six hours old. */
  items: number;
  bytes: number;
}

/** Describes a table that items can be read from; one that is being made or deleted is refused. */
export async function describeTable(
  dynamo: Dynamo,
  location: TableLocation,
  signal?: AbortSignal,
): Promise<TableDescription> {
  const table = await dynamo.describe(signal);
  const status = table.TableStatus ?? "ACTIVE";
  if (status !== "ACTIVE" && status !== "UPDATING") {
    throw new DdbrError("table-state", `the table is ${status}, not ACTIVE`, {
      subject: location.text,
      hint: "wait until it is ACTIVE, or check that it is the right table",
    });
  }
  const types = new Map(
    table.AttributeDefinitions?.map((definition) => [definition.AttributeName, definition]),
  );
  const attribute = (role: "HASH" | "RANGE"): KeyAttribute | undefined => {
    const name = table.KeySchema?.find(({ KeyType }) => KeyType === role)?.AttributeName;
    return name === undefined ? undefined : { name, type: types.get(name)!.AttributeType as KeyType };
  };
  const partition = attribute("HASH")!;
  const sort = attribute("RANGE");
  return {
    arn: table.TableArn ?? "",
    createdAt: table.CreationDateTime?.getTime() ?? 0,
    schema: sort ? [partition, sort] : [partition],
    items: table.ItemCount ?? 0,
    bytes: table.TableSizeBytes ?? 0,
  };
}

/** `id (S) + at (N)`: the partition key, then the sort key. */
export function describeSchema(schema: readonly KeyAttribute[]): string {
  return schema.map(({ name, type }) => `${JSON.stringify(name)} (${type})`).join(" + ");
}

export function equalSchemas(a: KeySchema, b: KeySchema): boolean {
  return describeSchema(a) === describeSchema(b);
}
