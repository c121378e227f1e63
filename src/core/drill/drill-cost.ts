import { writeCost } from "../restore/prices.ts";
import type { DrillCost } from "./drill-result.ts";

/** US dollars for a million read request units, by the same price list as `DEFAULT_WRITE_PRICE`. */
export const DEFAULT_READ_PRICE = 0.125;

const MILLION = 1_000_000;

/** Dollars for a million units. */
export interface DrillPrices {
  write: number;
  read: number;
}

/** What was consumed on tables. */
export type DrillUnits = Pick<DrillCost, "writeUnits" | "readUnits" | "liveReadUnits">;

export const NO_UNITS: DrillUnits = { writeUnits: 0, readUnits: 0, liveReadUnits: 0 };

/** What the tables' units come to; what S3 charges is not in it. @param local the scratch table's are not charged */
export function drillCost(units: DrillUnits, { write, read }: DrillPrices, local: boolean): DrillCost {
  const { writeUnits, readUnits, liveReadUnits } = units;
  const charged = local ? liveReadUnits : readUnits + liveReadUnits;
  return {
    writeUnits,
    readUnits,
    liveReadUnits,
    dollars: writeCost(local ? 0 : writeUnits, write) + (charged * read) / MILLION,
    writePrice: write,
    readPrice: read,
  };
}
