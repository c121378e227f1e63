import type { DiffEvent, DiffReport, Side, SideDescription, Undone } from "../../core/diff/diff-events.ts";
import { addToTotals, countDiscrepancies, type DiffTotals, NO_TOTALS } from "../../core/diff/diff-totals.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { humanJson } from "../../core/item/human.ts";
import { formatBytes, formatCount, formatUnits } from "../output/figures.ts";
import { createForeignLines } from "../output/foreign-lines.ts";
import { type Level, logLine } from "../output/log-line.ts";
import { summaryLines } from "./summary-text.ts";

const PROGRESS_EVERY_MS = 5_000;

/** One line per discrepancy and repair, and every few seconds one on progress unless `quiet`. */
export function createPlainReport(
  command: string,
  write: (line: string) => void,
  { quiet }: { quiet: boolean },
): DiffReport {
  let jobId = "-";
  let totals: DiffTotals = NO_TOTALS;
  let chosen = 0;
  let timer: NodeJS.Timeout | undefined;
  const line = (level: Level, text: string) => write(logLine(level, command, jobId, escapeForTerminal(text)));
  const info = (text: string) => line("info", text);
  const foreign = createForeignLines((text) => line("warn", text), { quiet });

  return (event: DiffEvent) => {
    totals = addToTotals(totals, event);
    switch (event.type) {
      case "started": {
        jobId = event.jobId;
        totals = NO_TOTALS;
        chosen = event.chosen.length;
        if (quiet) return;
        for (const text of startLines(event)) info(text);
        const labels = { primary: event.primary.label, replica: event.replica.label };
        timer = setInterval(() => info(progressText(totals, chosen, labels)), PROGRESS_EVERY_MS);
        timer.unref();
        return;
      }
      case "discrepancy":
        return info(`[${event.discrepancy.kind}] ${humanJson(event.discrepancy.key)}`);
      case "repaired":
        return info(`[repaired] ${humanJson(event.key)}`);
      case "race-lost":
        return quiet ? undefined : info(`[race-lost] ${humanJson(event.key)}`);
      case "backfilled":
        if (!quiet) for (const key of event.keys) info(`[backfill] ${humanJson(key)}`);
        return;
      case "foreign":
        return foreign(event);
      case "duplicate":
        return line("warn", `[duplicate] ${humanJson(event.key)} ${event.object}: its object is ${event.of}`);
      case "duplicate-deleted":
        return info(`[deleted] ${event.object}`);
      case "undone":
        return line("error", `[undone] ${undoneText(event.undone)}`);
      case "finished":
        clearInterval(timer);
        if (event.summary.mode !== "backfill") info(`[discrepancies] ${countDiscrepancies(totals)}`);
        for (const text of summaryLines(event.summary)) info(`[summary] ${text}`);
        return;
      case "segment-started":
      case "segment-done":
      case "scanned":
      case "answered":
      case "retried":
      case "looked-up":
      case "in-flight":
        return;
    }
  };
}

function startLines(event: Extract<DiffEvent, { type: "started" }>): string[] {
  const { primary, replica, segments, chosen, estimate } = event;
  const writes = estimate.writeUnits > 0 ? `, ${formatUnits(estimate.writeUnits)} write units` : "";
  return [
    `[start] ${describeSide(primary)}`,
    `[start] ${describeSide(replica)}`,
    `[start] ${formatCount(chosen.length)} of ${formatCount(segments)} segments`,
    `[estimate] ${formatUnits(estimate.readUnits.primary)} read units on the ${primary.label}, ` +
      `${formatUnits(estimate.readUnits.replica)} on the ${replica.label}${writes}, from the tables' sizes`,
  ];
}

function describeSide({ label, name, items, bytes }: SideDescription): string {
  const size = bytes > 0 || items === 0 ? `, ${formatBytes(bytes)}` : "";
  return `${label} ${name}: about ${formatCount(items)} items${size}`;
}

function progressText(totals: DiffTotals, chosen: number, labels: Record<Side, string>): string {
  return (
    `[progress] ${totals.segmentsDone}/${chosen} segments, ${labels.primary} ${formatCount(totals.primary.items)} items, ` +
    `${labels.replica} ${formatCount(totals.replica.items)} items, ${formatCount(countDiscrepancies(totals))} discrepancies`
  );
}

function undoneText({ key, segment, reason }: Undone): string {
  return `${key ? humanJson(key) : `segment ${segment}`} ${reason}`;
}
