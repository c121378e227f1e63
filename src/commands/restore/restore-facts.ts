import { humanValue } from "../../core/item/human.ts";
import type { Selection } from "../../core/restore/selection.ts";
import type { Table } from "../../core/table/table.ts";
import type { Fact } from "../../tui/state/restore/restore-frame.ts";
import { formatBytes, plural } from "../output/figures.ts";

/** Which table is written to, with its account: what tells it from another of the same name; and how large it is. */
export function tableFacts({ location, arn, description: { items, bytes } }: Table): Fact[] {
  const place = location.endpoint === undefined ? arn : location.text;
  return [
    { label: "table", text: place },
    { label: "", text: `about ${plural(items, "item")}, ${formatBytes(bytes)}` },
  ];
}

/** `2026-11-23T14:03:00Z` */
export function momentText(moment: number): string {
  return new Date(moment).toISOString().replace(".000Z", "Z");
}

export function resumeFacts(resume: boolean): Fact[] {
  return resume
    ? [{ label: "", text: "goes on with a plan that was begun; what is done already is not done again" }]
    : [];
}

/** Which part is restored; nothing where it is all. */
export function selectionFacts({ keys, partition, where }: Selection): Fact[] {
  const parts = [
    ...(keys === undefined ? [] : [plural(keys.count, "record")]),
    ...(partition === undefined ? [] : [`partition ${humanValue(partition)}`]),
    ...where.map(({ text }) => text),
  ];
  return parts.length === 0 ? [] : [{ label: "only", text: parts.join(", ") }];
}
