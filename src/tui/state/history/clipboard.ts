import type { WireItem } from "../../../core/item/attribute-value.ts";
import { humanJson } from "../../../core/item/human.ts";

/** Bytes: several terminals take no more than 100,000 of base64. */
const MOST = 74_000;

/** Asks the terminal to put the item into the clipboard (OSC 52); undefined when it is too large for that. */
export function copySequence(
  item: WireItem,
  form: "wire" | "human",
): { sequence: string; bytes: number } | undefined {
  const json = Buffer.from(form === "wire" ? JSON.stringify(item) : humanJson(item));
  if (json.length > MOST) return undefined;
  return { sequence: `\x1b]52;c;${json.toString("base64")}\x07`, bytes: json.length };
}
