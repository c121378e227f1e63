import { hash } from "node:crypto";
import type { WireItem } from "./attribute-value.ts";
import { canonicalItem, type Ignored } from "./canonical.ts";

/** SHA-256 of the canonical form, base64: equal for equal items, and never for different ones. */
export type Digest = string;

export function digestOf(item: WireItem, ignored?: Ignored): Digest {
  return hash("sha256", canonicalItem(item, ignored), "base64");
}
