/** Milliseconds since 1970, of a time as manifests have it; undefined where it is none. */
export function momentOf(text: unknown): number | undefined {
  const moment = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}
