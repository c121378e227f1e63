import { DdbrError } from "../../core/errors.ts";

const WITH_ZONE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2}))?$/i;

/** A moment in the past, in milliseconds since 1970. A time says its zone; a day alone begins at midnight UTC. @throws DdbrError `usage` */
export function momentOption(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const hint = "give a date and a time with its zone, e.g. 2026-11-17T14:03:00Z or 2026-11-17T15:03:00+01:00";
  const at =
    WITH_ZONE.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text.replace(" ", "T")) : Number.NaN;
  if (Number.isNaN(at))
    throw new DdbrError("usage", `${option} is ${JSON.stringify(text)}, not a moment`, { hint });
  if (at > Date.now()) throw new DdbrError("usage", `${option} ${text} has not come yet`, { hint });
  return at;
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  const midnight = Date.parse(text);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(text);
}
