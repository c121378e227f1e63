import type { DeployedFunction } from "../../core/deploy/function-client.ts";
import type { FunctionStatus, SourceStatus } from "../../core/deploy/function-status.ts";
import { partialAnswersProblem } from "../../core/deploy/partial-answers.ts";
import type { RunnerStatus } from "../../core/deploy/runner/runner-status.ts";
import { plural } from "../output/figures.ts";

/** What has to be looked after, one line each. */
export function problemsOf({ region, stack, fn, sources, metrics }: FunctionStatus): string[] {
  const problems = stack === undefined ? [] : problemsOfStack(stack);
  problems.push(...problemsOfFunction(fn));
  if (metrics.errors > 0) problems.push(`calls failed: see the log ${fn.log}`);
  return [...problems, ...sources.flatMap((source) => problemsOfSource(source, fn.name, region))];
}

export function problemsOfRunner({ stack, functions, executions }: RunnerStatus): string[] {
  const ofFunctions = functions.flatMap(({ fn }) => {
    return problemsOfFunction(fn).map((problem) => `${fn.name}: ${problem}`);
  });
  const problems = [...problemsOfStack(stack), ...ofFunctions];
  const [latest] = executions;
  // What calls fail with the state machine repeats; one that was stopped was meant to be.
  if (latest !== undefined && /^(FAILED|TIMED_OUT)$/.test(latest.status)) {
    const logs = functions.map(({ fn }) => fn.log).join(" and ");
    problems.push(
      `the latest execution, ${latest.name}, ${latest.status}: its command with --join tells why; see ${logs}`,
    );
  }
  return problems;
}

function problemsOfStack({ status }: { status: string }): string[] {
  return /FAILED|ROLLBACK/.test(status) ? [`the stack is ${status}: its last change failed`] : [];
}

function problemsOfFunction({ state }: DeployedFunction): string[] {
  const isWell = state === "" || state === "Active" || state === "Inactive";
  return isWell ? [] : [`the function is ${state}`];
}

const STARTED: ReadonlySet<string> = new Set(["Enabled", "Creating", "Enabling", "Updating"]);

function problemsOfSource(source: SourceStatus, fn: string, region: string): string[] {
  const { state, lastResult, failures } = source;
  const problems: string[] = [];
  if (!STARTED.has(state)) problems.push(`the event source mapping is ${state}: nothing is done`);
  if (lastResult?.startsWith("PROBLEM")) problems.push(`the last call: ${lastResult}`);
  const partial = partialAnswersProblem(source, region);
  if (partial !== undefined) problems.push(partial);
  if (failures === "absent") {
    problems.push("the failure queue is not there: what is given up on is told to nobody");
  } else if (failures !== undefined && failures.waiting > 0) {
    const messages = `${plural(failures.waiting, "message")} in the failure queue`;
    problems.push(`${messages}: records were given up on: ddbr lambda redrive ${fn}`);
  }
  return problems;
}
