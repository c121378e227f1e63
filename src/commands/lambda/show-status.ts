import type { DeployedFunction } from "../../core/deploy/function-client.ts";
import type { FunctionMetrics } from "../../core/deploy/function-metrics.ts";
import { type FunctionStatus, readStatus, type SourceStatus } from "../../core/deploy/function-status.ts";
import { type RunnerStatus, readRunnerStatus } from "../../core/deploy/runner/runner-status.ts";
import { EXIT } from "../../core/errors.ts";
import { escapeForTerminal } from "../../core/escape.ts";
import { safeJson } from "../../core/item/human.ts";
import { formatCount, formatDuration, plural } from "../output/figures.ts";
import { stoppable } from "../output/stop-signals.ts";
import { type NamedStackWords, parseNamedStack } from "./named-stack.ts";
import { problemsOf, problemsOfRunner } from "./status-problems.ts";

/** Prints how a function, or a runner, does; the exit code is 1 where something has to be looked after. */
export async function showStatus(words: NamedStackWords & { json: boolean }): Promise<number> {
  const { name, place } = parseNamedStack(words);
  const runner = await stoppable((signal) => readRunnerStatus(place, name, signal));
  if (runner !== undefined) {
    const { functions, ...told } = runner;
    const fields = {
      ...told,
      functions: functions.map(({ fn, metrics }) => ({ fn: withoutVariables(fn), metrics })),
    };
    return tell(fields, runnerLines(runner), problemsOfRunner(runner), words);
  }
  const status = await stoppable((signal) => readStatus(place, name, signal));
  const { fn, sources, ...told } = status;
  return tell({ ...told, fn: withoutVariables(fn), sources }, statusLines(status), problemsOf(status), words);
}

function tell(fields: object, lines: string[], problems: string[], { json }: { json: boolean }): number {
  if (json) {
    const line = { event: "status", time: new Date().toISOString(), ...fields, problems };
    process.stdout.write(`${safeJson(line)}\n`);
  } else {
    const all = [...lines, ...(problems.length === 0 ? ["well"] : problems)];
    process.stdout.write(`${all.map(escapeForTerminal).join("\n")}\n`);
  }
  return problems.length === 0 ? EXIT.ok : EXIT.discrepancies;
}

/** What variables hold may be secret. */
function withoutVariables({ variables: _, ...fn }: DeployedFunction) {
  return fn;
}

function statusLines({ region, stack, fn, sources, metrics }: FunctionStatus): string[] {
  const { lagMs } = metrics;
  const lag = lagMs === undefined ? "not known" : formatDuration(lagMs);
  return [
    ...functionLines(region, fn, metrics),
    `  stack: ${stackText(stack)}`,
    ...(sources.length === 0 ? [] : [`  behind the table: ${lag}`]),
    ...sources.flatMap(sourceLines),
  ];
}

function runnerLines({ region, stack, state, functions, executions }: RunnerStatus): string[] {
  return [
    `runner of runs below ${state}`,
    `  stack: ${stackText(stack)}`,
    ...functions.flatMap(({ fn, metrics }) => functionLines(region, fn, metrics)),
    ...(executions.length === 0 ? ["no executions"] : ["latest executions:"]),
    ...executions.map(({ name, status, startedAt, endedAt = new Date() }) => {
      const took = formatDuration(Math.max(0, endedAt.getTime() - startedAt.getTime()));
      return `  ${name}: ${status}, ${startedAt.toISOString()}, ${took}`;
    }),
  ];
}

function functionLines(region: string, fn: DeployedFunction, metrics: FunctionMetrics): string[] {
  const { calls, errors, throttles } = metrics;
  return [
    `function ${fn.name} in ${region}: ${fn.state || "there"}, ${fn.handler}`,
    `  ${fn.runtime} on ${fn.architecture}, ${formatCount(fn.memory)} MB, ${fn.timeout} s`,
    `  last hour: ${plural(calls, "call")}, ${plural(errors, "error")}, ${formatCount(throttles)} throttled`,
  ];
}

function stackText(stack: FunctionStatus["stack"]): string {
  if (stack === undefined) return "none of that name";
  return `${stack.status}${stack.reason ? ` (${stack.reason})` : ""}`;
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
