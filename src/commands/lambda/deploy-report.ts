import type { DeployEvent, DeployReport, DeploySummary } from "../../core/deploy/deploy-events.ts";
import type { StackEvent } from "../../core/deploy/stack-client.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { safeJson } from "../../core/item/human.ts";
import { formatBytes, formatDuration } from "../output/figures.ts";
import { type Level, logLine } from "../output/log-line.ts";
import type { OutputMode } from "../output/mode.ts";
import { planLines, typeText } from "./change-lines.ts";

/** Tells what happens: one JSON event a line (docs/events.md), lines that log filters know, or lines for people. */
export function createDeployReport(command: string, stack: string, mode: OutputMode): DeployReport {
  const write = (text: string) => void process.stdout.write(text);
  if (mode === "json") {
    return ({ type, ...fields }) =>
      write(`${safeJson({ event: type, time: new Date().toISOString(), ...fieldsOf(type, fields) })}\n`);
  }
  const bare = mode === "dashboard";
  return (event) => {
    if (mode === "quiet" && event.type !== "finished" && event.type !== "warning") return;
    for (const { level, tag, text } of linesOf(event)) {
      if (bare) write(`${text}\n`);
      else write(logLine(level, command, stack, `[${tag}] ${text}`));
    }
  };
}

function fieldsOf(type: DeployEvent["type"], fields: object): object {
  if (type === "finished") return (fields as { summary: object }).summary;
  if (type !== "resource") return fields;
  const { at, ...resource } = (fields as { resource: StackEvent }).resource;
  return { at: new Date(at).toISOString(), ...resource };
}

interface ReportLine {
  level: Level;
  tag: string;
  text: string;
}

function linesOf(event: DeployEvent): ReportLine[] {
  const lines = (tag: string, texts: string[], level: Level = "info") =>
    texts.map((text) => ({ level, tag, text: escapeForTerminal(text) }));
  switch (event.type) {
    case "planned":
      return lines("change", planLines({ ...event, changeSet: "" }, event.region));
    case "stream-on":
      return lines("stream", [`the stream of ${event.table} is on: ${event.stream}`]);
    case "code": {
      const { bucket, key, bytes, uploaded } = event;
      const done = uploaded ? `uploaded, ${formatBytes(bytes)}` : "there already";
      return lines("code", [`s3://${bucket}/${key}: ${done}`]);
    }
    case "resource":
      return lines("stack", [resourceText(event.resource)], isFailed(event.resource) ? "error" : "info");
    case "left":
      return lines("left", [`left as it is: ${event.what}`]);
    case "warning":
      return lines("warning", [event.message], "warn");
    case "finished":
      return lines(
        "summary",
        summaryLines(event.summary),
        event.summary.outcome === "failed" ? "error" : "info",
      );
  }
}

const isFailed = ({ status }: StackEvent) => status.endsWith("_FAILED");

function resourceText({ part, type, status, reason }: StackEvent): string {
  return `${typeText(type)} ${part}: ${status}${reason === undefined ? "" : ` (${reason})`}`;
}

const VERDICTS = {
  done: "done",
  failed: "FAILED",
  unchanged: "nothing to do: the stack is like that already",
  planned: "nothing was changed: a dry run",
} as const;

export function summaryLines({ outcome, outputs, failure, elapsedMs, stack }: DeploySummary): string[] {
  const took = elapsedMs > 0 ? ` in ${formatDuration(elapsedMs)}` : "";
  return [
    `${stack}: ${VERDICTS[outcome]}${took}`,
    ...(failure ? [`the cause: ${typeText(failure.type)} ${failure.part}: ${failure.reason}`] : []),
    ...Object.entries(outputs).map(([name, value]) => `${name}: ${value}`),
  ];
}
