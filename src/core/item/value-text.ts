import type { AttributeDifference } from "../diff/discrepancy.ts";
import { type AttributeValue, typeOf } from "./attribute-value.ts";
import { humanValue, safeJson } from "./human.ts";

export interface ValueTexts {
  primary?: string;
  replica?: string;
}

/** Types that people's notation doesn't tell from strings and lists. */
const TOLD_BY_TAG = new Set(["B", "SS", "NS", "BS"]);

/** Both values as people write them, or in wire form where that alone tells them apart. Safe to print. */
export function valueTexts({ primary, replica }: AttributeDifference): ValueTexts {
  const texts = write(primary, replica, valueText);
  return texts.primary === texts.replica ? write(primary, replica, safeJson) : texts;
}

function write(
  primary: AttributeValue | undefined,
  replica: AttributeValue | undefined,
  how: (value: AttributeValue) => string,
): ValueTexts {
  return { ...(primary && { primary: how(primary) }), ...(replica && { replica: how(replica) }) };
}

/** A value as people write it, with its type where that doesn't show. Safe to print. */
export function valueText(value: AttributeValue): string {
  const tag = typeOf(value);
  return TOLD_BY_TAG.has(tag) ? `${tag} ${humanValue(value)}` : humanValue(value);
}
