import prettyBytes from "pretty-bytes";

const SUFFIXES = ["", " k", " M", " G", " T", " P"];

/** Every digit, in groups of three: `102 394`. */
export function exactCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** At most seven columns: `9999`, `18.4 M`. Never negative, never NaN. */
export function compactCount(count: number): string {
  let value = Number.isFinite(count) ? Math.max(0, count) : 0;
  if (value < 9999.5) return String(Math.round(value));
  let power = 0;
  while (value >= 999.95 && power < SUFFIXES.length - 1) {
    value /= 1000;
    power++;
  }
  return `${value.toFixed(1)}${SUFFIXES[power]}`;
}

/** Something per second: small rates keep a decimal. */
export function compactRate(perSecond: number): string {
  if (!(perSecond > 0)) return "0";
  return perSecond < 9.95 ? perSecond.toFixed(1) : compactCount(perSecond);
}

export function byteCount(bytes: number): string {
  const count = Number.isFinite(bytes) ? Math.max(0, bytes) : 0;
  return prettyBytes(count, { minimumFractionDigits: count < 1000 ? 0 : 1, maximumFractionDigits: 1 });
}

/** `46 %`; 100 only when it is all. */
export function percentage(fraction: number): string {
  const percent = fraction >= 1 ? 100 : Math.min(99, Math.floor(fraction * 100));
  return `${percent} %`;
}

/** How many times smaller: `5.2:1`; empty while nothing can be said. */
export function ratio(raw: number, stored: number): string {
  return raw > 0 && stored > 0 ? `${compactRate(raw / stored)}:1` : "";
}
