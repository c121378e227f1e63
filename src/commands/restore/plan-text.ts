import { CHANGE_KINDS } from "../../core/restore/change.ts";
import { dollars, writeCost } from "../../core/restore/prices.ts";
import type { LeftReason, RestorePlan } from "../../core/restore/restore-events.ts";
import { formatBytes, formatCount, plural } from "../output/figures.ts";

/** `create 12 items 4.2 kB, replace 3, delete 0; 15 write units, about $0.00001 without indexes; equal 200; left alone: 5 extraneous` */
export function planText(plan: RestorePlan, writePrice: number): string {
  const { create, replace, delete: deleted } = plan.changes;
  const units = writeUnits(plan);
  const left = leftText(plan);
  return [
    `create ${plural(create.items, "item")} ${formatBytes(create.bytes)}, replace ${formatCount(replace.items)}, delete ${formatCount(deleted.items)}`,
    `${plural(units, "write unit")}, about ${dollars(writeCost(units, writePrice))} without indexes`,
    `equal ${formatCount(plan.equal)}`,
    ...(left === "" ? [] : [`left alone: ${left}`]),
  ].join("; ");
}

/** Beside those of indexes. */
export function writeUnits({ changes }: RestorePlan): number {
  return CHANGE_KINDS.reduce((sum, kind) => sum + changes[kind].writeUnits, 0);
}

/** `5 extraneous, 2 changed-since`; empty where nothing is left alone. */
export function leftText({ left }: RestorePlan): string {
  return (Object.entries(left) as [LeftReason, number][])
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`)
    .join(", ");
}
