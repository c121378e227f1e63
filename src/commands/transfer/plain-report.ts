import { escapeForTerminal } from "../../core/escape.ts";
import { humanJson } from "../../core/item/human.ts";
import type { TransferEvent, TransferReport } from "../../core/transfer/transfer-events.ts";
import { addTransfer, NO_TRANSFER } from "../../core/transfer/transfer-totals.ts";
import { formatBytes, formatCount, formatUnits } from "../output/figures.ts";
import { createForeignLines } from "../output/foreign-lines.ts";
import { type Level, logLine } from "../output/log-line.ts";
import { transferSummaryLines } from "./summary-text.ts";

const PROGRESS_EVERY_MS = 5_000;

/** What is to be known, a line each, and every few seconds one on progress unless `quiet`. */
export function createPlainTransferReport(
  command: string,
  write: (line: string) => void,
  { quiet }: { quiet: boolean },
): TransferReport {
  let jobId = "-";
  let totals = NO_TRANSFER;
  let expected = 0;
  let chosen = 0;
  let timer: NodeJS.Timeout | undefined;
  const line = (level: Level, text: string) => write(logLine(level, command, jobId, escapeForTerminal(text)));
  const info = (text: string) => line("info", text);
  const foreign = createForeignLines((text) => line("warn", text), { quiet });

  return (event: TransferEvent) => {
    totals = addTransfer(totals, event);
    switch (event.type) {
      case "started":
        jobId = event.jobId;
        expected = event.estimate.items;
        chosen = event.chosen.length;
        if (quiet) return;
        for (const text of startLines(event)) info(text);
        timer = setInterval(() => {
          const segments = chosen > 1 ? `${totals.segmentsDone}/${chosen} segments, ` : "";
          const of = expected > 0 ? ` of about ${formatCount(expected)}` : "";
          const { rawBytes, source } = totals;
          const size =
            event.job === "fingerprint"
              ? `${formatBytes(source.bytes)} read`
              : `${formatBytes(rawBytes)} written`;
          info(`[progress] ${segments}${formatCount(totals.written + totals.kept)}${of} items, ${size}`);
        }, PROGRESS_EVERY_MS);
        timer.unref();
        return;
      case "estimated":
        expected = event.items;
        return;
      case "foreign":
        return foreign(event);
      case "warning":
        return line("warn", `[warning] ${event.message}`);
      case "undone": {
        const { key, object, segment, reason } = event.undone;
        return line("error", `[undone] ${key ? humanJson(key) : (object ?? `segment ${segment}`)} ${reason}`);
      }
      case "finished":
        clearInterval(timer);
        for (const text of transferSummaryLines(event.summary)) info(`[summary] ${text}`);
        return;
      case "segment-done":
        return quiet || chosen === 1 ? undefined : info(`[segment] ${event.segment} done`);
      case "segment-kept":
        return quiet ? undefined : info(`[segment] ${event.segment} was done before`);
      case "segment-started":
      case "added":
      case "listed":
      case "read":
      case "written":
      case "kept":
      case "answered":
      case "retried":
      case "in-flight":
        return;
    }
  };
}

function startLines(event: Extract<TransferEvent, { type: "started" }>): string[] {
  const { source, destination, segments, chosen, estimate } = event;
  const lines = [`[start] from ${source} to ${destination}`];
  if (segments > 1) lines.push(`[start] ${formatCount(chosen.length)} of ${formatCount(segments)} segments`);
  const { items, bytes, readUnits } = estimate;
  if (items > 0) {
    const size = `about ${formatCount(items)} items, ${formatBytes(bytes)}`;
    const units = readUnits > 0 ? `, ${formatUnits(readUnits)} read units, from the table's size` : "";
    lines.push(`[estimate] ${size}${units}`);
  }
  return lines;
}
