import fc from "fast-check";

/** Digits × 10^exponent: a number before it is spelled. */
export interface Unspelled {
  negative: boolean;
  digits: string;
  exponent: number;
}

/** How it is spelled; none of this changes the number. */
export interface Spelling {
  zerosBefore: number;
  zerosAfter: number;
  /** The point moves so far to the left. */
  shift: number;
  power: "e" | "E" | "e+" | "only where needed";
  plus: boolean;
}

export const unspelled: fc.Arbitrary<Unspelled> = fc.record({
  negative: fc.boolean(),
  digits: fc.oneof(
    fc.constantFrom("0", "1", "10", "5", "99", "9007199254740993", "9007199254740992"),
    fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }).map(String),
  ),
  exponent: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -130, max: 87 })),
});

export const spelling: fc.Arbitrary<Spelling> = fc.record({
  zerosBefore: fc.nat(3),
  zerosAfter: fc.nat(3),
  shift: fc.nat(45),
  power: fc.constantFrom<Spelling["power"][]>("e", "E", "e+", "only where needed"),
  plus: fc.boolean(),
});

/** A number as text, in any of its spellings. */
export const numberText: fc.Arbitrary<string> = fc
  .tuple(unspelled, spelling)
  .map(([number, how]) => spell(number, how));

export function spell({ negative, digits, exponent }: Unspelled, how: Spelling): string {
  const all = digits + "0".repeat(how.zerosAfter);
  const point = all.length - how.shift;
  const whole = "0".repeat(how.zerosBefore) + all.slice(0, Math.max(point, 0));
  const fraction = how.shift === 0 ? "" : `.${all.slice(Math.max(point, 0)).padStart(how.shift, "0")}`;
  const sign = negative ? "-" : how.plus ? "+" : "";
  return sign + whole + fraction + powerText(exponent - how.zerosAfter + how.shift, how.power);
}

function powerText(power: number, style: Spelling["power"]): string {
  if (style === "only where needed") return power === 0 ? "" : `e${power}`;
  if (style === "e+" && power >= 0) return `e+${power}`;
  return `${style[0]}${power}`;
}
