import { writeCost } from "../restore/prices.ts";
import { S3_PRICES } from "./parameters.ts";
import type { Question } from "./question.ts";
import { type Range, sumOf } from "./range.ts";
import type { Part } from "./work.ts";

/** Dollars for the units that a table charges. */
export function unitCost({ readUnits, writeUnits }: Part, { prices }: Question): number {
  return writeCost(readUnits.likely, prices.read) + writeCost(writeUnits.likely, prices.write);
}

/** Dollars for requests to S3. */
export function requestCost({ charged, requests }: Part): number {
  return charged === undefined ? 0 : requests.likely * S3_PRICES[charged];
}

/** One part for each kind of request, in the order in which they come first. */
export function merged(parts: readonly Part[]): Part[] {
  const kinds = Map.groupBy(parts, ({ end, operation }) => `${end} ${operation}`);
  return [...kinds.values()].map((same) => {
    const sum = (figure: "requests" | "readUnits" | "writeUnits"): Range =>
      sumOf(same.map((part) => part[figure]));
    return {
      ...same[0]!,
      requests: sum("requests"),
      readUnits: sum("readUnits"),
      writeUnits: sum("writeUnits"),
    };
  });
}
