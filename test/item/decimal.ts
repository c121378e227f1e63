/**
 * What a decimal text is worth, by whole-number arithmetic alone: coefficient × 10^exponent.
 * Judges src/core/item/number.ts, so it shares nothing with it.
 */
export interface Decimal {
  coefficient: bigint;
  exponent: number;
}

/** @throws SyntaxError where the text is no decimal number */
export function decimal(text: string): Decimal {
  const [mantissa = "", power = "0", ...rest] = text.toLowerCase().split("e");
  const [whole = "", fraction = "", ...more] = mantissa.split(".");
  if (rest.length + more.length > 0) throw new SyntaxError(text);
  const negative = whole.startsWith("-");
  const digits = whole.replace(/^[+-]/, "") + fraction;
  const coefficient = BigInt(digits) * (negative ? -1n : 1n);
  return { coefficient, exponent: Number(power) - fraction.length };
}

export function equalDecimals(a: string, b: string): boolean {
  const [left, right] = [decimal(a), decimal(b)];
  const lowest = Math.min(left.exponent, right.exponent);
  return scaled(left, lowest) === scaled(right, lowest);
}

/** -1, 0 or 1. */
export function compareDecimals(a: string, b: string): number {
  const [left, right] = [decimal(a), decimal(b)];
  const lowest = Math.min(left.exponent, right.exponent);
  const [one, other] = [scaled(left, lowest), scaled(right, lowest)];
  return one < other ? -1 : one > other ? 1 : 0;
}

function scaled({ coefficient, exponent }: Decimal, to: number): bigint {
  return coefficient * 10n ** BigInt(exponent - to);
}
