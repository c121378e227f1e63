import type { WireItem, WireKey } from "../item/attribute-value.ts";
import { itemSize } from "../item/size.ts";

/**
 * One record that is to be written: what the table held when the plan was made, and what it is to hold; undefined: no item.
 * The two differ.
 */
export interface Change {
  key: WireKey;
  before: WireItem | undefined;
  after: WireItem | undefined;
}

/** - `create`: put where nothing is · `replace`: put over another image · `delete` */
export type ChangeKind = "create" | "replace" | "delete";

export const CHANGE_KINDS: readonly ChangeKind[] = ["create", "replace", "delete"];

export function kindOf({ before, after }: Change): ChangeKind {
  if (after === undefined) return "delete";
  return before === undefined ? "create" : "replace";
}

const WRITE_UNIT_BYTES = 1024;

/**
 * What a change comes to: bytes of the item that it puts or, for a deletion, takes away; and write units, beside those of the
 * table's indexes: the larger of the two images counts, by started KB.
 */
export function measureChange({ before, after }: Change): { bytes: number; writeUnits: number } {
  const was = before === undefined ? 0 : itemSize(before);
  const becomes = after === undefined ? 0 : itemSize(after);
  return {
    bytes: after === undefined ? was : becomes,
    writeUnits: Math.max(1, Math.ceil(Math.max(was, becomes) / WRITE_UNIT_BYTES)),
  };
}

/** Takes the changes of a plan, one after the other; no key comes twice. */
export interface ChangeSink {
  add(change: Change): void;
}
