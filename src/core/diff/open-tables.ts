import { DdbrError } from "../errors.ts";
import type { TableLocation } from "../location.ts";
import type { Cost, RunLimits, RunPacing } from "../pacing/run-pacing.ts";
import type { AccessOptions } from "../table/access.ts";
import { describeSchema, equalSchemas } from "../table/describe.ts";
import { openTable, type Table } from "../table/table.ts";

/** Two tables to compare, and how to reach them. */
export interface PairRequest {
  primary: TableLocation;
  replica: TableLocation;
  primaryAccess: AccessOptions;
  replicaAccess: AccessOptions;
  consistent: boolean;
  /** Attributes that comparing passes over. */
  ignore: readonly string[];
  maxReadUnits: number | undefined;
  maxWriteUnits: number | undefined;
  patienceMs: number;
}

/** The limits of a run on a pair, by the names that openTables looks them up by. */
export function pairLimits({
  maxReadUnits,
  maxWriteUnits,
  cost,
}: Pick<PairRequest, "maxReadUnits" | "maxWriteUnits"> & { cost: Cost }): RunLimits {
  const replica = { read: maxReadUnits, write: maxWriteUnits };
  return { limits: { primary: { read: maxReadUnits }, replica }, ...cost };
}

/**
 * Opens and describes both tables, and refuses pairs that cannot be compared.
 * @param pacing the run's, of such limits; by default the request's rates hold for these two alone
 * @param isUnderWay see TableOptions
 */
export async function openTables(
  request: PairRequest,
  signal: AbortSignal,
  pacing?: RunPacing,
  isUnderWay = false,
): Promise<{ primary: Table; replica: Table }> {
  const { consistent, maxReadUnits, maxWriteUnits, patienceMs } = request;
  const options = { consistent, maxReadUnits, maxWriteUnits, patienceMs, isUnderWay, signal };
  const opened = await Promise.allSettled([
    openTable(request.primary, {
      ...options,
      label: "primary",
      access: request.primaryAccess,
      paces: pacing?.paces("primary"),
    }),
    openTable(request.replica, {
      ...options,
      label: "replica",
      access: request.replicaAccess,
      paces: pacing?.paces("replica"),
    }),
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
