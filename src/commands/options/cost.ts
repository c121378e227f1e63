import type { Cost } from "../../core/pacing/run-pacing.ts";
import {
  DEFAULT_READ_PRICE,
  DEFAULT_WRITE_PRICE,
  dollars,
  type UnitPrices,
} from "../../core/restore/prices.ts";
import { numberOption } from "./numbers.ts";

export interface PriceWords {
  readPrice?: string | undefined;
  writePrice?: string | undefined;
}

export interface CostWords extends PriceWords {
  maxCost?: string | undefined;
}

/** Some units cost as much. */
const LEAST_BUDGET = 0.000001;

/** @throws DdbrError `usage` */
export function costOption(words: CostWords): Cost {
  return {
    budget: numberOption("--max-cost", words.maxCost, { min: LEAST_BUDGET }),
    prices: pricesOption(words),
  };
}

/** @throws DdbrError `usage` */
export function pricesOption({ readPrice, writePrice }: PriceWords): UnitPrices {
  return {
    read: numberOption("--read-price", readPrice, { min: 0 }) ?? DEFAULT_READ_PRICE,
    write: numberOption("--write-price", writePrice, { min: 0 }) ?? DEFAULT_WRITE_PRICE,
  };
}

/** `at most $5.00 for …`, with where the prices are from; undefined where there is no budget. */
export function budgetText({ budget, prices }: Cost): string | undefined {
  if (budget === undefined) return undefined;
  const reads = priceText(prices.read, DEFAULT_READ_PRICE);
  const writes = priceText(prices.write, DEFAULT_WRITE_PRICE);
  return `at most ${dollars(budget)} for units: a million read units at ${reads}, a million write units at ${writes}`;
}

function priceText(price: number, byDefault: number): string {
  return `$${price} (${price === byDefault ? "on demand in us-east-1, November 2024" : "as given"})`;
}
