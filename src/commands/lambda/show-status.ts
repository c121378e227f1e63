import { type FunctionStatus, readStatus, type SourceStatus } from "../../core/deploy/function-status.ts";
import { EXIT } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { safeJson } from "../../core/item/human.ts";
import { formatCount, formatDuration, plural } from "../output/figures.ts";
import { stoppable } from "../output/stop-signals.ts";
import { type NamedStackWords, parseNamedStack } from "./named-stack.ts";
import { problemsOf } from "./status-problems.ts";

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

/** What Lambda says of a mapping that somebody has simply made or changed. */
const ORDINARY = /^user[ _](action|initiated)$/i;

function sourceLines(source: SourceStatus): string[] {
  const { state, reason, lastResult, streamArn } = source;
  const because = reason === undefined || ORDINARY.test(reason) ? "" : ` (${reason})`;
  return [
    `source ${streamArn}: ${state}${because}`,
    `  last result: ${lastResult ?? "none yet"}`,
    `  ${settings(source).join(", ")}`,
    `  failure queue: ${failuresText(source)}`,
  ];
}

function failuresText({ failures, failureDestination }: SourceStatus): string {
  if (failures === undefined) {
    return failureDestination === undefined ? "none" : `none in SQS, but ${failureDestination}`;
  }
  if (failures === "absent") return `${failureDestination} is not there`;
  return `${plural(failures.waiting, "message")} waiting, ${formatCount(failures.inFlight)} in flight`;
}

function settings(source: SourceStatus): string[] {
  const { batchSize, batchingWindow, parallelization, startingPosition, bisects } = source;
  return [
    ...(batchSize === undefined ? [] : [`batches of ${formatCount(batchSize)}`]),
    ...(batchingWindow ? [`gathered for ${batchingWindow} s`] : []),
    ...(parallelization === undefined ? [] : [`${parallelization} at once`]),
    ...(startingPosition === undefined ? [] : [`from ${startingPosition}`]),
    ...(bisects ? ["halved where a call fails"] : []),
    givenUp(source),
  ];
}

/** Lambda says -1 of a limit that there is not. */
function givenUp({ maxRecordAge = -1, maxRetries = -1 }: SourceStatus): string {
  const limits = [
    ...(maxRecordAge < 0 ? [] : [formatDuration(maxRecordAge * 1000)]),
    ...(maxRetries < 0 ? [] : [plural(maxRetries, "retry", "retries")]),
  ];
  return limits.length === 0 ? "never given up" : `given up after ${limits.join(" or ")}`;
}
