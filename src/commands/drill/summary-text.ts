import {
  type CheckName,
  type DrillCheck,
  type DrillResult,
  recoveryTime,
} from "../../core/drill/drill-result.ts";
import { humanJson } from "../../core/item/human.ts";
import { dollars } from "../../core/restore/prices.ts";
import { formatBytes, formatDuration, formatUnits, plural } from "../output/figures.ts";

/** What each check is about, for people. */
export const CHECK_WORDS: Record<CheckName, string> = {
  source: "backup is whole",
  written: "records written",
  count: "number of items",
  items: "items restored",
  "manifest-fingerprint": "as backed up",
  against: "live table",
};

export const RESULT_WORDS: Record<DrillCheck["result"], string> = {
  passed: "ok",
  failed: "FAILED",
  "not-done": "not done",
};

/** In the place of a recovery time. */
export const NOT_RECOVERED = "none, as the backup was not restored to its end";

const NAME_COLUMN = Math.max(...Object.values(CHECK_WORDS).map(({ length }) => length));
const RESULT_COLUMN = Math.max(...Object.values(RESULT_WORDS).map(({ length }) => length));

/** What a drill came to, in a few lines for people: the verdict first, then why. Not escaped. */
export function drillSummaryLines(result: DrillResult): string[] {
  return [
    verdict(result),
    ...result.checks.map(
      ({ name, result: word, detail }) =>
        `  ${CHECK_WORDS[name].padEnd(NAME_COLUMN)}  ${RESULT_WORDS[word].padEnd(RESULT_COLUMN)}  ${detail}`,
    ),
    ...exampleLines(result),
    `recovery point: ${recoveryPointText(result)}`,
    `recovery time: ${recoveryTimeText(result)}`,
    ...(result.restored === undefined ? [] : [`restored: ${restoredText(result.restored)}`]),
    `cost: ${costText(result)}`,
    `scratch table: ${scratchText(result)}`,
  ];
}

export function verdict({ outcome, failure }: DrillResult): string {
  switch (outcome) {
    case "proved":
      return "PROVED: the backup can be restored";
    case "not-proved":
      return "NOT PROVED";
    case "incomplete":
      return `failed, so nothing is proved: ${failure ?? "not everything could be checked"}`;
    case "interrupted":
      return "stopped, so nothing is proved";
  }
}

/** How old the backup was when the drill began. */
export function recoveryPointText({ facts, at, startedAt, outcome }: DrillResult): string {
  const asOf = facts?.asOf ?? at;
  if (asOf === undefined) {
    if (facts?.kind === "folder") return "the folder as it was while it was read";
    return outcome === "not-proved" && facts === undefined
      ? "unknown"
      : "the backup does not say of when it is";
  }
  return `${new Date(asOf).toISOString()}, ${formatDuration(startedAt.getTime() - asOf)} before the drill`;
}

export function recoveryTimeText(result: DrillResult): string {
  const total = recoveryTime(result);
  if (total === undefined) return NOT_RECOVERED;
  const { read, make, write, verify } = result.phases;
  const parts = [
    `read ${formatDuration(read)}`,
    `make the table ${formatDuration(make)}`,
    `write ${formatDuration(write)}`,
    `verify ${formatDuration(verify)}`,
  ];
  return `${formatDuration(total)} (${parts.join(", ")})`;
}

export function restoredText({ items, bytes }: NonNullable<DrillResult["restored"]>): string {
  return `${plural(items, "item")}, ${formatBytes(bytes)}`;
}

export function costText({ cost, local, against }: DrillResult): string {
  const units = [
    `${formatUnits(cost.writeUnits)} write units`,
    `${formatUnits(cost.readUnits)} read units${local ? " in memory, which are free" : ""}`,
    ...(against === undefined ? [] : [`${formatUnits(cost.liveReadUnits)} of the live table`]),
  ];
  return `about ${dollars(cost.dollars)} (${units.join(", ")})`;
}

export function scratchText({ scratch, end }: DrillResult): string {
  if (!end.removed) return `${scratch} MAY STILL BE THERE, delete it: ${end.problem ?? "it was not deleted"}`;
  return end.made ? `${scratch}, made and deleted` : "none was made";
}

function exampleLines({ differences }: DrillResult): string[] {
  return (differences?.examples ?? []).map((key) => `    e.g. ${humanJson(key)}`);
}
