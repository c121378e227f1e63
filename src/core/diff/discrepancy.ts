import type { AttributeValue, WireItem, WireKey } from "../item/attribute-value.ts";
import type { Ignored } from "../item/canonical.ts";
import { equalValues } from "../item/equal.ts";

/**
 * - `missing`: in the primary, not in the replica
 * - `different`: in both, with different attributes
 * - `extraneous`: in the replica, not in the primary
 */
export type DiscrepancyKind = "missing" | "different" | "extraneous";

export const DISCREPANCY_KINDS: readonly DiscrepancyKind[] = ["missing", "different", "extraneous"];

/** One attribute that differs; a side that hasn't got it is left out. */
export interface AttributeDifference {
  name: string;
  primary?: AttributeValue;
  replica?: AttributeValue;
}

export interface Discrepancy {
  kind: DiscrepancyKind;
  key: WireKey;
  /** In ascending order of names; for missing and extraneous records every attribute but the key. */
  attributes: AttributeDifference[];
}

/** What sets the two images apart, or undefined when they are equal. */
export function compareImages(
  key: WireKey,
  primary: WireItem | undefined,
  replica: WireItem | undefined,
  ignored?: Ignored,
): Discrepancy | undefined {
  const attributes = attributeDifferences(primary ?? {}, replica ?? {}, ignored);
  if (primary === undefined && replica === undefined) return undefined;
  const others = attributes.filter(({ name }) => !Object.hasOwn(key, name));
  if (replica === undefined) return { kind: "missing", key, attributes: others };
  if (primary === undefined) return { kind: "extraneous", key, attributes: others };
  // The key itself may be spelled differently (a number, say) only where both are equal.
  return attributes.length === 0 ? undefined : { kind: "different", key, attributes };
}

function attributeDifferences(
  primary: WireItem,
  replica: WireItem,
  ignored?: Ignored,
): AttributeDifference[] {
  const names = [...new Set([...Object.keys(primary), ...Object.keys(replica)])].sort();
  const differences: AttributeDifference[] = [];
  for (const name of names) {
    if (ignored?.(name)) continue;
    const before = Object.hasOwn(primary, name) ? primary[name] : undefined;
    const after = Object.hasOwn(replica, name) ? replica[name] : undefined;
    if (before !== undefined && after !== undefined && equalValues(before, after)) continue;
    differences.push({ name, ...(before && { primary: before }), ...(after && { replica: after }) });
  }
  return differences;
}
