import { type UnitPrices, writeCost } from "../restore/prices.ts";
import type { DrillCost } from "./drill-result.ts";

const MILLION = 1_000_000;

/** What was consumed on tables. */
export type DrillUnits = Pick<DrillCost, "writeUnits" | "readUnits" | "liveReadUnits">;

export const NO_UNITS: DrillUnits = { writeUnits: 0, readUnits: 0, liveReadUnits: 0 };

/** What the tables' units come to; what S3 charges is not in it. @param local the scratch table's are not charged */
export function drillCost(units: DrillUnits, { write, read }: UnitPrices, local: boolean): DrillCost {
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
