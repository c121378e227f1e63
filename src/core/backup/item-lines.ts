import type { WireItem } from "../item/attribute-value.ts";

/**
 * What a line of a file holds: the item itself, or what DynamoDB's own export writes and its import from S3 takes.
 */
export const LINE_FORMATS = ["items", "export"] as const;
export type LineFormat = (typeof LINE_FORMATS)[number];

/** Items as NDJSON, each line ended. */
export function itemLines(items: readonly WireItem[], format: LineFormat): string {
  let text = "";
  for (const item of items) {
    const json = JSON.stringify(item);
    text += format === "export" ? `{"Item":${json}}\n` : `${json}\n`;
  }
  return text;
}
