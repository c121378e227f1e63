import { createHash } from "node:crypto";
import type { AttributeValue, KeySchema, WireItem } from "../item/attribute-value.ts";
import { equalValues } from "../item/equal.ts";
import type { KeyList } from "../record/key-list.ts";
import type { Condition } from "./condition.ts";

/** Which records a job is for. Everything that is given has to hold. */
export interface Selection {
  /** Only these. */
  keys?: KeyList | undefined;
  /** Only those with this partition key. */
  partition?: AttributeValue | undefined;
  /** Only those of which an image meets all of these. */
  where: readonly Condition[];
}

/** Whether an image is one of those wanted; keys aside, which are looked up. */
export function selects({ partition, where }: Selection, schema: KeySchema, image: WireItem): boolean {
  if (partition !== undefined && !equalValues(partition, image[schema[0].name]!)) return false;
  return where.every((condition) => condition.meets(image));
}

const KEYS_AT_ONCE = 1_000;

/** What tells a selection from another, as JSON; undefined where everything is selected. */
export function selectionWords({ keys, partition, where }: Selection): object | undefined {
  if (keys === undefined && partition === undefined && where.length === 0) return undefined;
  return {
    ...(keys === undefined ? {} : { keys: keys.count, sha256: digestOfKeys(keys) }),
    ...(partition === undefined ? {} : { partition }),
    ...(where.length === 0 ? {} : { where: where.map(({ text }) => text) }),
  };
}

function digestOfKeys(keys: KeyList): string {
  const hash = createHash("sha256");
  for (const batch of keys.batches(KEYS_AT_ONCE)) hash.update(JSON.stringify(batch));
  return hash.digest("hex");
}
