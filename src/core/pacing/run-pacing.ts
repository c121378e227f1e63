import type { UnitPrices } from "../restore/prices.ts";
import type { TablePaces } from "../table/pace.ts";
import type { TableOptions } from "../table/table.ts";

/** What a run may consume. */
export interface RunLimits {
  /** Units a second, undefined for no limit; by what its tables are called in the run: `primary`, `replica`, `table`. */
  limits: Readonly<Record<string, { read?: number | undefined; write?: number | undefined }>>;
  /** US dollars for the units of all of them, by these prices; undefined for no limit. */
  budget: number | undefined;
  prices: UnitPrices;
}

export type Cost = Pick<RunLimits, "budget" | "prices">;

/** What a run on one table is asked to hold to. */
export interface TableRun {
  tableOptions: Pick<TableOptions, "maxReadUnits" | "maxWriteUnits">;
  cost: Cost;
}

/** Its table is called `table`. */
export function tableLimits({ tableOptions, cost }: TableRun): RunLimits {
  const { maxReadUnits, maxWriteUnits } = tableOptions;
  return { limits: { table: { read: maxReadUnits, write: maxWriteUnits } }, ...cost };
}

/** How a run holds to that. */
export interface RunPacing {
  /** By a name in the limits. When the budget is spent `ready` rejects (`interrupted`). */
  paces(table: string): TablePaces;
  /** Aborts with the reason when the budget is spent; with many workers somewhat before, for what is under way to come to an end. */
  readonly spent: AbortSignal;
}
