import { escapeForTerminal } from "../../core/escape.ts";
import { humanJson } from "../../core/item/human.ts";
import { CHANGE_KINDS } from "../../core/restore/change.ts";
import type {
  RestoreEvent,
  RestorePhase,
  RestorePlan,
  RestoreReport,
  UndoneRestore,
} from "../../core/restore/restore-events.ts";
import { addRestore, NO_RESTORE, type RestoreTotals } from "../../core/restore/restore-totals.ts";
import { formatBytes, formatCount, plural } from "../output/figures.ts";
import { createForeignLines } from "../output/foreign-lines.ts";
import { type Level, logLine } from "../output/log-line.ts";
import { planText } from "./plan-text.ts";
import { restoreSummaryLines } from "./summary-text.ts";

const PROGRESS_EVERY_MS = 5_000;

interface PlainOptions {
  quiet: boolean;
  /** Dollars for a million write units. */
  writePrice: number;
}

/** What is to be known, a line each, and every few seconds one on progress unless `quiet`. */
export function createPlainRestoreReport(
  command: string,
  write: (line: string) => void,
  { quiet, writePrice }: PlainOptions,
): RestoreReport {
  let jobId = "-";
  let totals = NO_RESTORE;
  let phase: RestorePhase = "reading";
  let plan: RestorePlan | undefined;
  let timer: NodeJS.Timeout | undefined;
  const line = (level: Level, text: string) => write(logLine(level, command, jobId, escapeForTerminal(text)));
  const info = (text: string) => line("info", text);
  const foreign = createForeignLines((text) => line("warn", text), { quiet });

  return (event: RestoreEvent) => {
    totals = addRestore(totals, event);
    switch (event.type) {
      case "started":
        jobId = event.jobId;
        if (quiet) return;
        for (const text of startLines(event)) info(text);
        timer = setInterval(() => {
          // Who is asked is not told again and again that nothing happens.
          if (phase !== "asking") info(`[progress] ${progressText(phase, totals, plan)}`);
        }, PROGRESS_EVERY_MS);
        timer.unref();
        return;
      case "phase":
        phase = event.phase;
        // The question itself is seen.
        return quiet || phase === "asking" ? undefined : info(`[phase] ${phase}`);
      case "planned":
        plan = event.plan;
        return info(`[plan] ${planText(event.plan, writePrice)}`);
      case "resumed": {
        const done = CHANGE_KINDS.reduce((sum, kind) => sum + event.done[kind], 0);
        return quiet ? undefined : info(`[resumed] ${plural(done, "record")} done by an earlier run`);
      }
      case "left":
        return info(`[left] ${humanJson(event.key)} ${event.reason}`);
      case "raced":
        return line("warn", `[raced] ${humanJson(event.key)}`);
      case "discrepancy":
        return line("warn", `[${event.discrepancy.kind}] ${humanJson(event.discrepancy.key)}`);
      case "undone":
        return line("error", `[undone] ${undoneText(event.undone)}`);
      case "foreign":
        return foreign(event);
      case "warning":
        return line("warn", `[warning] ${event.message}`);
      case "finished":
        clearInterval(timer);
        for (const text of restoreSummaryLines(event.summary)) info(`[summary] ${text}`);
        return;
      case "added":
      case "segment-started":
      case "segment-done":
      case "read":
      case "answered":
      case "retried":
      case "written":
        return;
    }
  };
}

function startLines(event: Extract<RestoreEvent, { type: "started" }>): string[] {
  const { source, table, sourceItems, mode, dryRun, at, until } = event;
  const time = (moment: number) => new Date(moment).toISOString();
  const moment =
    at === undefined
      ? ""
      : until === undefined
        ? ` as of ${time(at)}`
        : ` from ${time(at)} to ${time(until)}`;
  const records = sourceItems > 0 ? `, about ${plural(sourceItems, "record")}` : "";
  const how = `${mode === undefined ? "" : `, ${mode}`}${dryRun ? ", dry run" : ""}`;
  const size = `about ${plural(table.items, "item")}, ${formatBytes(table.bytes)}`;
  return [`[start] source ${source}${moment}${records}`, `[start] table ${table.name}: ${size}${how}`];
}

function progressText(phase: RestorePhase, totals: RestoreTotals, plan: RestorePlan | undefined): string {
  const count = (kinds: Record<(typeof CHANGE_KINDS)[number], number>) =>
    CHANGE_KINDS.reduce((sum, kind) => sum + kinds[kind], 0);
  const shared = phase === "sharing" ? `, ${plural(count(totals.written), "record")} written` : "";
  if (phase !== "writing") {
    const read = `source ${plural(totals.source.items, "record")}, table ${plural(totals.table.items, "record")}`;
    return `${phase}: ${read} read${shared}`;
  }
  const planned =
    plan === undefined ? 0 : CHANGE_KINDS.reduce((sum, kind) => sum + plan.changes[kind].items, 0);
  const done = count(totals.written) + count(totals.before);
  const raced = totals.raced > 0 ? `, ${formatCount(totals.raced)} raced` : "";
  return `writing: ${formatCount(done)} of ${formatCount(planned)} records${raced}, ${formatCount(totals.table.throttles)} throttled`;
}

function undoneText({ key, segment, reason }: UndoneRestore): string {
  const subject = key ? humanJson(key) : segment === undefined ? undefined : `segment ${segment}`;
  return subject === undefined ? reason : `${subject} ${reason}`;
}
