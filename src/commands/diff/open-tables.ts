import { DdbrError } from "../../core/errors.ts";
import { describeSchema, equalSchemas } from "../../core/table/describe.ts";
import { openTable, type Table } from "../../core/table/table.ts";
import type { DiffRequest } from "./diff-request.ts";

/** Opens and describes both tables, and refuses pairs that cannot be compared. */
export async function openTables(
  request: DiffRequest,
  signal: AbortSignal,
): Promise<{ primary: Table; replica: Table }> {
  const { consistent, maxReadUnits, maxWriteUnits, patienceMs } = request;
  const options = { consistent, maxReadUnits, maxWriteUnits, patienceMs, signal };
  const opened = await Promise.allSettled([
    openTable(request.primary, { ...options, label: "primary", access: request.primaryAccess }),
    openTable(request.replica, { ...options, label: "replica", access: request.replicaAccess }),
  ]);
  const failed = opened.find((table) => table.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  const [primary, replica] = opened.map((table) => (table as PromiseFulfilledResult<Table>).value) as [
    Table,
    Table,
  ];
  refuseSameTable(primary, replica);
  refuseOtherSchema(primary, replica);
  refuseIgnoredKey(primary, request.ignore);
  return { primary, replica };
}

function refuseSameTable(primary: Table, replica: Table): void {
  if (primary.arn === replica.arn && primary.createdAt === replica.createdAt) {
    throw new DdbrError("usage", "primary and replica are the same table", {
      subject: primary.location.text,
      hint: "give the location of the replica second",
    });
  }
}

function refuseOtherSchema(primary: Table, replica: Table): void {
  const { schema } = primary.description;
  if (equalSchemas(schema, replica.description.schema)) return;
  throw new DdbrError(
    "schema",
    `the tables have different keys: ${describeSchema(schema)} in ${primary.location.text}, ` +
      `${describeSchema(replica.description.schema)} in ${replica.location.text}`,
    { hint: "only tables of the same key schema can be compared" },
  );
}

/** @throws DdbrError `usage` */
export function refuseIgnoredKey({ description: { schema } }: Table, ignore: readonly string[]): void {
  const key = schema.find(({ name }) => ignore.includes(name));
  if (key === undefined) return;
  throw new DdbrError("usage", `--ignore ${key.name}: the key cannot be ignored`, {
    hint: `the table's key is ${describeSchema(schema)}`,
  });
}
