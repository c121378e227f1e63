const PLAIN_INTEGER = /^-?[1-9]\d*$/;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** DynamoDB's limits: 38 significant digits, magnitude between 1E-130 and 9.99…E+125. */
const MAX_DIGITS = 38;
const MIN_EXPONENT = -130;
const MAX_EXPONENT = 125;

/**
 * One spelling for each number: significant digits without zeros at either end, then the power of ten
 * where it isn't 0. `1`, `1.0` and `10E-1` are `1`; `1500` is `15e2`; `-0` is `0`.
 * Text that isn't a number is returned as it is.
 */
export function canonicalNumber(text: string): string {
  if (text.charCodeAt(text.length - 1) !== 48 /* 0 */ && PLAIN_INTEGER.test(text)) return text;
  const parts = decompose(text);
  if (parts === undefined) return text;
  if (parts.digits === "") return "0";
  return `${parts.negative ? "-" : ""}${parts.digits}${parts.exponent === 0 ? "" : `e${parts.exponent}`}`;
}

/** No number that DynamoDB takes has a longer row of zeros; it spells out all of them. */
const MOST_ZEROS = 130;

/** A number as people write it, without a power of ten where that stays readable: `15e2` is `1500`. */
export function plainNumber(text: string): string {
  const parts = decompose(text);
  if (parts === undefined || parts.digits === "") return canonicalNumber(text);
  const { negative, digits, exponent } = parts;
  const point = digits.length + exponent;
  if (exponent > MOST_ZEROS || point < -MOST_ZEROS) return canonicalNumber(text);
  const sign = negative ? "-" : "";
  if (exponent >= 0) return sign + digits + "0".repeat(exponent);
  if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${sign}0.${"0".repeat(-point)}${digits}`;
}

/** Why DynamoDB would not take this text as a number, or undefined when it would. */
export function numberProblem(text: string): string | undefined {
  const parts = decompose(text);
  if (parts === undefined) return "not a number";
  if (parts.digits.length > MAX_DIGITS) return `a number of more than ${MAX_DIGITS} significant digits`;
  const magnitude = parts.exponent + parts.digits.length - 1;
  if (parts.digits !== "" && (magnitude < MIN_EXPONENT || magnitude > MAX_EXPONENT)) return "out of range";
  return undefined;
}

/** How many pairs of digits, counted from the decimal point, hold its significant ones: `1.5` takes two, `15` one. */
export function digitPairs(text: string): number {
  const parts = decompose(text);
  if (parts === undefined || parts.digits === "") return 0;
  const highest = Math.floor((parts.exponent + parts.digits.length - 1) / 2);
  return highest - Math.floor(parts.exponent / 2) + 1;
}

function decompose(text: string): { negative: boolean; digits: string; exponent: number } | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  const exponent = Number(power) - fraction.length + (all.length - digits.length);
  return { negative: sign === "-", digits, exponent };
}

/** Negative, 0 or positive, as the first is less than, equal to or greater than the second; both are numbers. */
export function compareNumbers(a: string, b: string): number {
  const [one, other] = [decompose(a)!, decompose(b)!];
  const [ours, theirs] = [signOf(one), signOf(other)];
  if (ours !== theirs || ours === 0) return ours - theirs;
  return ours > 0 ? compareMagnitudes(one, other) : compareMagnitudes(other, one);
}

function signOf({ negative, digits }: { negative: boolean; digits: string }): number {
  if (digits === "") return 0;
  return negative ? -1 : 1;
}

function compareMagnitudes(
  a: { digits: string; exponent: number },
  b: { digits: string; exponent: number },
): number {
  const powers = a.digits.length + a.exponent - (b.digits.length + b.exponent);
  if (powers !== 0) return powers;
  // Both begin at the same power of ten, so their digits compare as text.
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}
