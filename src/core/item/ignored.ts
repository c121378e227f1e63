import type { Ignored } from "./canonical.ts";

/** What the old version of global tables (2017.11.29) adds to every item for its own bookkeeping. */
export const GLOBAL_TABLE_PREFIX = "aws:rep:";

/**
 * The attributes that comparing passes over: those named, and the old global tables' own
 * unless `withGlobalTableAttributes` asks for them.
 */
export function ignoredAttributes(
  names: readonly string[],
  withGlobalTableAttributes: boolean,
): Ignored | undefined {
  const named = new Set(names);
  if (withGlobalTableAttributes) {
    return named.size === 0 ? undefined : (attribute) => named.has(attribute);
  }
  return (attribute) => attribute.startsWith(GLOBAL_TABLE_PREFIX) || named.has(attribute);
}
