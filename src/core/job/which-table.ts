import { isDeepStrictEqual } from "node:util";
import { DdbrError } from "../errors.ts";
import type { Table } from "../table/table.ts";

/** A table, told from one that is made anew under its name; JSON. */
export interface WhichTable {
  arn: string;
  /** ISO 8601, UTC. */
  createdAt: string;
}

export function whichTable({ arn, createdAt }: Pick<Table, "arn" | "createdAt">): WhichTable {
  return { arn, createdAt: new Date(createdAt).toISOString() };
}

/** @throws DdbrError `table-state` when it is not the one that the job is about */
export function refuseOtherTable(table: Table, then: WhichTable): void {
  if (isDeepStrictEqual(whichTable(table), then)) return;
  throw new DdbrError("table-state", "the table was made anew while the job was under way", {
    subject: table.location.text,
    hint: "begin again, with another place for the state",
  });
}
