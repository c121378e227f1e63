import prettyBytes from "pretty-bytes";
import prettyMilliseconds from "pretty-ms";

const COUNT = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const UNITS = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** `200,000` */
export const formatCount = (count: number): string => COUNT.format(count);
/** `6,686.5` */
export const formatUnits = (units: number): string => UNITS.format(units);
/** `79.7 MB` */
export const formatBytes = (bytes: number): string => prettyBytes(bytes);
/** `2m 14s` */
export const formatDuration = (ms: number): string => prettyMilliseconds(ms, { secondsDecimalDigits: 1 });

/** `1 item`, `2 items`, `3 discrepancies` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
