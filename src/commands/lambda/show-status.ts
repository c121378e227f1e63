import { type FunctionStatus, readStatus, type SourceStatus } from "../../core/deploy/function-status.ts";
import { EXIT } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { safeJson } from "../../core/item/human.ts";
import { formatCount, formatDuration, plural } from "../output/figures.ts";
import { stoppable } from "../output/stop-signals.ts";
import { type NamedStackWords, parseNamedStack } from "./named-stack.ts";

/** Prints how a function does; the exit code is 1 where something has to be looked after. */
export async function showStatus(words: NamedStackWords & { json: boolean }): Promise<number> {
  const { name, place } = parseNamedStack(words);
  const status = await stoppable((signal) => readStatus(place, name, signal));
  const problems = problemsOf(status);
  if (words.json) {
    // What variables hold may be secret.
    const { variables: _, ...fn } = status.fn;
    const { sources, ...told } = status;
    const line = { event: "status", time: new Date().toISOString(), ...told, fn, sources, problems };
    process.stdout.write(`${safeJson(line)}\n`);
  } else {
    const lines = [...statusLines(status), ...(problems.length === 0 ? ["well"] : problems)];
    process.stdout.write(`${lines.map(escapeForTerminal).join("\n")}\n`);
  }
  return problems.length === 0 ? EXIT.ok : EXIT.discrepancies;
}

function statusLines({ region, stack, fn, sources, metrics }: FunctionStatus): string[] {
  const { calls, errors, throttles, lagMs } = metrics;
  const lag = lagMs === undefined ? "not known" : formatDuration(lagMs);
  return [
    `function ${fn.name} in ${region}: ${fn.state || "there"}, ${fn.handler}`,
    `  ${fn.runtime} on ${fn.architecture}, ${formatCount(fn.memory)} MB, ${fn.timeout} s`,
    `  stack: ${stack === undefined ? "none of that name" : `${stack.status}${stack.reason ? ` (${stack.reason})` : ""}`}`,
    `  last hour: ${plural(calls, "call")}, ${plural(errors, "error")}, ${formatCount(throttles)} throttled`,
    ...(sources.length === 0 ? [] : [`  behind the table: ${lag}`]),
    ...sources.flatMap(sourceLines),
  ];
}

function sourceLines(source: SourceStatus): string[] {
  const { state, reason, lastResult, streamArn, failures } = source;
  const because = reason === undefined || reason === "User initiated" ? "" : ` (${reason})`;
  return [
    `source ${streamArn}: ${state}${because}`,
    `  last result: ${lastResult ?? "none yet"}`,
    `  ${settings(source).join(", ")}`,
    failures === undefined
      ? "  failure queue: none"
      : `  failure queue: ${plural(failures.waiting, "message")} waiting, ${formatCount(failures.inFlight)} in flight`,
  ];
}

function settings(source: SourceStatus): string[] {
  const { batchSize, batchingWindow, parallelization, startingPosition, maxRecordAge, maxRetries } = source;
  const told: [string, number | string | undefined][] = [
    ["batches of", batchSize],
    ["gathered for s", batchingWindow || undefined],
    ["at once", parallelization],
    ["from", startingPosition],
    ["given up after s", maxRecordAge],
    ["or attempts", maxRetries],
  ];
  return told.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
}

const STARTED: ReadonlySet<string> = new Set(["Enabled", "Creating", "Enabling", "Updating"]);

/** What has to be looked after, one line each. */
function problemsOf({ stack, fn, sources, metrics }: FunctionStatus): string[] {
  const problems: string[] = [];
  if (stack !== undefined && /FAILED|ROLLBACK/.test(stack.status)) {
    problems.push(`the stack is ${stack.status}: its last change failed`);
  }
  if (fn.state !== "" && fn.state !== "Active" && fn.state !== "Inactive") {
    problems.push(`the function is ${fn.state}`);
  }
  if (metrics.errors > 0) problems.push(`calls failed: see the log /aws/lambda/${fn.name}`);
  for (const { state, lastResult, partialAnswers, failures } of sources) {
    if (!STARTED.has(state)) {
      problems.push(`the event source mapping is ${state}: nothing is done`);
    }
    if (lastResult?.startsWith("PROBLEM")) problems.push(`the last call: ${lastResult}`);
    if (!partialAnswers) {
      problems.push("the event source mapping takes no partial answers: set ReportBatchItemFailures");
    }
    if (failures !== undefined && failures.waiting > 0) {
      const records = `${plural(failures.waiting, "message")} in the failure queue`;
      problems.push(`${records}: records were given up on: ddbr lambda redrive ${fn.name}`);
    }
  }
  return problems;
}
