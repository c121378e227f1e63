/** Seconds since 1970 stay below this for three thousand years yet, milliseconds have been above it since 1973. */
const FIRST_IN_MILLISECONDS = 1e11;
/** What a `Date` can hold. */
const LATEST_MS = 8.64e15;

/**
 * Milliseconds since 1970 of a record's `ApproximateCreationDateTime`: seconds, with a fraction or not, as a number or as text;
 * some senders write milliseconds or ISO 8601. Undefined when it is none of these.
 */
export function eventTime(value: unknown): number | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const number = String(value).trim() === "" ? Number.NaN : Number(value);
  if (Number.isNaN(number)) {
    const parsed = Date.parse(String(value));
    return Number.isNaN(parsed) ? undefined : parsed;
  }
  const ms = Math.round(number < FIRST_IN_MILLISECONDS ? number * 1000 : number);
  return ms >= 0 && ms <= LATEST_MS ? ms : undefined;
}
