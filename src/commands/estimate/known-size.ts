import { DdbrError } from "../../core/errors.ts";
import type { TableSize } from "../../core/estimate/question.ts";
import { openTable } from "../../core/table/table.ts";
import type { EstimateRequest, NamedTable } from "./estimate-request.ts";

/**
 * How large the tables are: as it was said, or as DynamoDB describes them. Of one size both sides of a comparison are.
 * @throws DdbrError when a table cannot be described, or is said to be empty
 */
export async function knownSizes(
  { size }: EstimateRequest,
  signal: AbortSignal,
): Promise<{ table: TableSize; replica: TableSize }> {
  if (!Array.isArray(size)) {
    const table = { ...size, clustered: false };
    return { table, replica: table };
  }
  const [primary, replica] = await Promise.all(size.map((named) => describedSize(named, signal)));
  if (primary!.items === 0) throw empty(size[0]!);
  // What is not there has no size; a replica that is still to be filled has its primary's items.
  const other =
    replica === undefined ? primary! : { ...replica, itemBytes: replica.itemBytes || primary!.itemBytes };
  return { table: primary!, replica: other };
}

async function describedSize({ location, access }: NamedTable, signal: AbortSignal): Promise<TableSize> {
  const table = await openTable(location, { access, signal });
  table.close();
  const { items, bytes, schema } = table.description;
  // Items of one partition key lie together: one segment has them all.
  return { items, itemBytes: items === 0 ? 0 : bytes / items, clustered: schema.length > 1 };
}

function empty({ location }: NamedTable): DdbrError {
  return new DdbrError("table-state", "is described as empty, which may be six hours old", {
    subject: location.text,
    hint: "say how large it is with --items and --item-size",
  });
}
