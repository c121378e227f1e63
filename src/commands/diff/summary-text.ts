import type { DiffSummary } from "../../core/diff/diff-events.ts";
import { countDiscrepancies, type SideTotals } from "../../core/diff/diff-totals.ts";
import { formatBytes, formatCount, formatDuration, formatUnits, plural } from "../output/figures.ts";

/** What a run came to, in a few lines for people: the verdict first, then what it cost. */
export function summaryLines(summary: DiffSummary): string[] {
  const { totals, elapsedMs, labels } = summary;
  const rate = Math.round((totals.primary.items + totals.replica.items) / Math.max(elapsedMs / 1000, 0.001));
  return [
    verdict(summary),
    ...scope(summary),
    ...notDone(summary),
    ...foreign(summary),
    ...duplicates(summary),
    `${labels.primary}: ${sideFigures(totals.primary)}`,
    `${labels.replica}: ${sideFigures(totals.replica)}`,
    `in flight ${formatCount(totals.inFlight)}, looked up ${formatCount(totals.primary.lookedUp + totals.replica.lookedUp)}` +
      `, races lost ${formatCount(totals.racesLost)}; took ${formatDuration(elapsedMs)}, ${formatCount(rate)} items/s`,
  ];
}

function verdict(summary: DiffSummary): string {
  return summary.worker === true ? workerVerdict(summary) : wholeVerdict(summary);
}

/** What one worker finds says nothing of the tables. */
function workerVerdict({ mode, totals, outcome, segments, ofSegments }: DiffSummary): string {
  const end = { clean: "", discrepancies: "", incomplete: "incomplete: ", interrupted: "stopped: " }[outcome];
  const found =
    mode === "backfill"
      ? `${plural(totals.backfilled, "item")} written`
      : `${plural(countDiscrepancies(totals), "discrepancy", "discrepancies")} found`;
  return `${end}this worker has done ${formatCount(segments)} of ${plural(ofSegments, "segment")}, ${found}`;
}

function wholeVerdict(summary: DiffSummary): string {
  const { mode, totals, outcome, dryRun, labels } = summary;
  const end = { clean: "", discrepancies: "", incomplete: "incomplete: ", interrupted: "stopped: " }[outcome];
  if (mode === "backfill") {
    return `${end}${plural(totals.backfilled, "item")} ${dryRun ? "would be written" : "written"} to the ${labels.replica}`;
  }
  const { missing, different, extraneous } = totals.discrepancies;
  const count = countDiscrepancies(totals);
  if (count === 0) {
    if (end !== "") return `${end}no discrepancies found so far`;
    if (outcome === "discrepancies")
      return `no record differs, but the ${labels.replica} holds records twice`;
    return isPart(summary)
      ? "no discrepancies"
      : `no discrepancies: the ${labels.replica} equals the ${labels.primary}`;
  }
  const found = plural(count, "discrepancy", "discrepancies");
  const kinds = `${formatCount(missing)} missing, ${formatCount(different)} different, ${formatCount(extraneous)} extraneous`;
  return `${end}${found} (${kinds})${repairs(summary)}`;
}

function foreign({ totals }: DiffSummary): string[] {
  return totals.foreign === 0 ? [] : [`${plural(totals.foreign, "foreign object")} passed over`];
}

/** Objects besides those that were compared. */
function duplicates({ mode, dryRun, totals }: DiffSummary): string[] {
  const { found, deleted } = totals.duplicates;
  if (found + deleted === 0) return [];
  const repair = mode !== "repair" ? "--repair deletes them" : dryRun ? "would be deleted" : undefined;
  const done = repair ?? `${formatCount(deleted)} deleted`;
  return [`${plural(Math.max(found, deleted), "second object")} of records, under older names: ${done}`];
}

/** What a clean verdict does not cover. */
function scope(summary: DiffSummary): string[] {
  const { mode, segments, ofSegments } = summary;
  const lines: string[] = [];
  if (summary.worker) return lines;
  if (isPart(summary)) {
    const done = mode === "backfill" ? "written" : "compared";
    lines.push(
      `${formatCount(segments)} of ${plural(ofSegments, "segment")} ${done}: the rest was not looked at`,
    );
  }
  if (mode === "backfill") lines.push("nothing was compared: check the replica with diff-tables");
  return lines;
}

function isPart({ segments, ofSegments }: DiffSummary): boolean {
  return segments < ofSegments;
}

function repairs({ mode, dryRun, totals, outcome }: DiffSummary): string {
  if (mode !== "repair") return "";
  const { missing, different, extraneous } = totals.discrepancies;
  if (dryRun) return `; would put ${formatCount(missing + different)} and delete ${formatCount(extraneous)}`;
  const { put, delete: deleted, "by-others": byOthers } = totals.repaired;
  const all = outcome === "clean" ? "all repaired and verified: " : "repaired and verified: ";
  const others = byOthers > 0 ? `, ${formatCount(byOthers)} mended by others meanwhile` : "";
  return `; ${all}${formatCount(put)} put, ${formatCount(deleted)} deleted${others}`;
}

function notDone({ totals, failure, unconfirmed, outcome, segments, worker }: DiffSummary): string[] {
  const lines: string[] = [];
  if (failure !== undefined) lines.push(`failed: ${failure}`);
  const { keys, segments: undoneSegments } = totals.undone;
  if (keys + undoneSegments > 0)
    lines.push(`not done: ${plural(undoneSegments, "segment")}, ${plural(keys, "record")}`);
  if (outcome === "interrupted" && !worker) {
    const done = `${formatCount(totals.segmentsDone)} of ${plural(segments, "segment")} done`;
    lines.push(`${done}, ${plural(unconfirmed, "candidate")} left unconfirmed`);
  }
  return lines;
}

function sideFigures(side: SideTotals): string {
  const writes = side.writeUnits > 0 ? `, ${formatUnits(side.writeUnits)} write units` : "";
  return (
    `${plural(side.items, "item")}, ${formatBytes(side.bytes)} received, ${plural(side.requests, "request")}` +
    `, ${formatUnits(side.readUnits)} read units${writes}` +
    `, ${plural(side.retries, "retry", "retries")} (${formatCount(side.throttles)} throttled)`
  );
}
