/**
 * US dollars for a million write request units: on-demand capacity, Standard table class, us-east-1, by AWS's price list
 * of November 2024 (https://aws.amazon.com/dynamodb/pricing/on-demand/). Other regions and classes have other prices.
 */
export const DEFAULT_WRITE_PRICE = 0.625;

/** US dollars for a million read request units, by the same price list. */
export const DEFAULT_READ_PRICE = 0.125;

/** US dollars for a million units. */
export interface UnitPrices {
  write: number;
  read: number;
}

const MILLION = 1_000_000;
const CENT = 0.01;

/** What write units cost, in dollars; those of indexes come on top. @param price of a million of them */
export function writeCost(units: number, price: number): number {
  return (units * price) / MILLION;
}

/** `$12.50`; less than a cent as exact as it matters: `$0.00001`. */
export function dollars(amount: number): string {
  if (amount === 0) return "$0";
  if (amount >= CENT) return `$${amount.toFixed(2)}`;
  const digits = Math.min(20, 1 - Math.floor(Math.log10(amount)));
  return `$${amount.toFixed(digits).replace(/0+$/, "")}`;
}
