const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(.+))?$/;
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3})\d*)?)?(Z|[+-]\d{2}:?\d{2})?$/i;
const MINUTE = 60_000;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `2026-11-23`, in UTC; servers may tell times that are none. */
export function dayText(at: number): string {
  return isoText(at).slice(0, 10);
}

/** `Mon 2026-11-23`, in UTC. */
export function dayHeading(at: number): string {
  const weekday = WEEKDAYS[new Date(at).getUTCDay()];
  return weekday === undefined ? dayText(at) : `${weekday} ${dayText(at)}`;
}

/** `14:03:22.114`, without the milliseconds where the time is known by the second only. */
export function timeText(at: number, milliseconds: boolean): string {
  return isoText(at).slice(11, milliseconds ? 23 : 19);
}

export function momentText(at: number, milliseconds: boolean): string {
  return `${dayText(at)} ${timeText(at, milliseconds)}`;
}

function isoText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "????-??-?? ??:??:??.???" : date.toISOString();
}

/**
 * The moment that a person typed: `2026-11-23`, `2026-11-23 14:03`, `2026-11-23T14:03:22.114Z`, `14:03:22` (of the given day);
 * UTC unless an offset says otherwise, and the beginning of what is left open. Undefined when it is none.
 * @param day milliseconds since 1970 of any moment of the day that a time alone means
 */
export function parseMoment(text: string, day: number): number | undefined {
  const typed = text.trim().replace(/ *UTC$/i, "");
  const date = DATE.exec(typed);
  if (date === null) return onDay(dayText(day), typed);
  const [, year, month, dayOfMonth, time] = date;
  return onDay(`${year}-${month!.padStart(2, "0")}-${dayOfMonth!.padStart(2, "0")}`, time ?? "00:00");
}

function onDay(day: string, typed: string): number | undefined {
  const time = TIME.exec(typed.trim());
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Date.parse takes the 31st of a short month for the 1st of the next.
  if (time === null || Number.isNaN(midnight) || dayText(midnight) !== day) return undefined;
  const [, hours, minutes, seconds = "0", fraction = "", offset = "Z"] = time;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const inDay = (Number(hours) * 60 + Number(minutes)) * MINUTE + Number(seconds) * 1000;
  return midnight + inDay + Number(fraction.padEnd(3, "0")) - offsetOf(offset);
}

function offsetOf(offset: string): number {
  const parts = /^([+-])(\d{2}):?(\d{2})$/.exec(offset);
  if (parts === null) return 0;
  const [, sign, hours, minutes] = parts;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
}
