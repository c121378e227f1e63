import type { ByteBuffer } from "./byte-buffer.ts";

const ZERO = 48;
const NINE = 57;
const MINUS = 45;
const POINT = 46;
const E = 101;

/** No number that is written here is longer: its bytes, and those of its power, have room without a check. */
const LONGEST = 40;

/**
 * Writes what `canonicalNumber` (src/core/item/number.ts) makes of what nearly all numbers look like: `12345`, `-7`, `13.37`,
 * which ends in `1337e-2`. Returns where it ends; undefined where the number is another, and nothing counts that was written.
 */
export function shortNumber(text: string, buffer: ByteBuffer, from: number): number | undefined {
  const { length } = text;
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  const last = text.charCodeAt(length - 1);
  const first = text.charCodeAt(start);
  // Zeros at either end are taken off in the canonical form: not here.
  if (length > LONGEST || !(first > ZERO && first <= NINE) || !(last > ZERO && last <= NINE))
    return undefined;
  buffer.room(from);
  const { bytes } = buffer;
  let at = from;
  let point = -1;
  if (start === 1) bytes[at++] = MINUS;
  for (let index = start; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code >= ZERO && code <= NINE) bytes[at++] = code;
    else if (code === POINT && point < 0) point = index;
    else return undefined;
  }
  if (point < 0) return at;
  bytes[at++] = E;
  bytes[at++] = MINUS;
  return buffer.text(String(length - point - 1), at);
}
