import type { HistoryImage } from "../../../core/history/record-history.ts";
import type { WireItem } from "../../../core/item/attribute-value.ts";
import type { Timeline } from "./timeline.ts";

/** What can be shown of a version, or of the table's present item. */
export type Content =
  | { kind: "reading" }
  /** Undefined: there is no such record. */
  | { kind: "item"; item: WireItem | undefined }
  | { kind: "problem"; reason: string };

export function contentOf(version: number, timeline: Timeline, image: HistoryImage | undefined): Content {
  if (timeline.listed(version).deleted) return { kind: "item", item: undefined };
  if (image === undefined) return { kind: "reading" };
  if (image.item !== undefined) return { kind: "item", item: image.item };
  return { kind: "problem", reason: image.problem ?? "no item" };
}
