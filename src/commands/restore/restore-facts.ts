import { humanValue } from "../../core/item/human.ts";
import type { RestoreMode } from "../../core/restore/restore-events.ts";
import type { RestoreSource } from "../../core/restore/restore-source.ts";
import type { RestoreTarget } from "../../core/restore/run-restore.ts";
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

export function targetFacts({ table, description }: RestoreTarget): Fact[] {
  if (table !== undefined) return tableFacts(table);
  return [{ label: "table", text: `${description.name}, which is MADE` }];
}

const KINDS: Record<RestoreSource["kind"], string> = {
  dump: "dump",
  file: "file",
  folder: "incremental folder",
  export: "export",
  changes: "incremental export",
};

/** @param selection undefined: all of it */
export function sourceFacts(
  source: RestoreSource,
  { at, mode }: { at?: number | undefined; mode: RestoreMode },
  selection: Selection = { where: [] },
): Fact[] {
  const moment = at ?? source.asOf;
  const unknown = source.kind === "folder" ? "as it is now" : "which does not tell its moment";
  const asOf = moment === undefined ? unknown : `as of ${momentText(moment)}`;
  return [
    { label: "source", text: `${source.name} (${KINDS[source.kind]}), ${asOf}` },
    { label: "mode", text: MODES[mode] },
    ...selectionFacts(selection),
  ];
}

const MODES: Record<RestoreMode, string> = {
  merge: "merge: puts what is missing or different, deletes nothing",
  missing: "missing: only puts what is absent",
  replace: "replace: the table becomes equal to the source",
};
