import type {
  RedriveEvent,
  RedriveReport,
  RedriveSummary,
} from "../../core/deploy/redrive/redrive-events.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { humanJson, safeJson } from "../../core/item/human.ts";
import { formatDuration, plural } from "../output/figures.ts";
import { type Level, logLine } from "../output/log-line.ts";
import type { OutputMode } from "../output/mode.ts";

/** @param wholeRepair the command that mends a whole table, by its ARN */
export function createRedriveReport(
  name: string,
  mode: OutputMode,
  wholeRepair: (table: string) => string,
): RedriveReport {
  const write = (text: string) => void process.stdout.write(text);
  if (mode === "json") {
    return ({ type, ...fields }) => {
      const told = "summary" in fields ? fields.summary : fields;
      write(`${safeJson({ event: type, time: new Date().toISOString(), ...told })}\n`);
    };
  }
  return (event) => {
    if (mode === "quiet" && (event.type === "message" || event.type === "mended")) return;
    for (const { level, text } of linesOf(event, wholeRepair)) {
      const line = escapeForTerminal(text);
      if (mode === "dashboard") write(`${line}\n`);
      else write(logLine(level, "lambda redrive", name, line));
    }
  };
}

function linesOf(
  event: RedriveEvent,
  wholeRepair: (table: string) => string,
): { level: Level; text: string }[] {
  const info = (text: string) => [{ level: "info" as const, text }];
  const warn = (text: string) => [{ level: "warn" as const, text }];
  switch (event.type) {
    case "message": {
      const { message, shard, start, end, records } = event;
      return info(`[message] ${message}: ${plural(records, "record")} of ${shard}, ${start} to ${end}`);
    }
    case "record": {
      const { key, action, reason } = event;
      return info(`[${action}] ${humanJson(key)}${reason === undefined ? "" : ` ${reason}`}`);
    }
    case "mended":
      return info(
        `[mended] ${event.message}: ${plural(event.records, "record")}${event.from === "log" ? ", named by the function's log" : ""}`,
      );
    case "dropped":
      return warn(`[dropped] ${event.message}: records of ${event.table} are lost`);
    case "kept":
      return warn(`[kept] ${event.message}: ${keptText(event, wholeRepair)}`);
    case "finished":
      return [
        { level: event.summary.kept > 0 ? "warn" : "info", text: `[summary] ${summaryText(event.summary)}` },
      ];
  }
}

function keptText(
  { because, reason, table }: RedriveEvent & { type: "kept" },
  wholeRepair: (table: string) => string,
): string {
  if (because === "foreign") return "it is no message of Lambda's on a stream";
  if (because === "undone") return `not mended: ${reason}`;
  if (because === "dry-run") return `a dry run: ${reason}`;
  const what = `the stream does not hold its records any more, and ${reason}, so which they were is not known`;
  return `${what} - run ${wholeRepair(table!)}, and then give --drop-lost`;
}

function summaryText({ messages, mended, dropped, kept, records, elapsedMs }: RedriveSummary): string {
  if (messages === 0) return "the failure queue is empty";
  const parts = [
    `${plural(mended, "message")} mended (${plural(records, "record")})`,
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
    ...(kept > 0 ? [`${kept} kept`] : []),
  ];
  return `${parts.join(", ")} in ${formatDuration(elapsedMs)}`;
}
