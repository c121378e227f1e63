import type { FunctionStatus, SourceStatus } from "../../core/deploy/function-status.ts";
import { partialAnswersProblem } from "../../core/deploy/partial-answers.ts";
import { plural } from "../output/figures.ts";

/** What has to be looked after, one line each. */
export function problemsOf({ region, stack, fn, sources, metrics }: FunctionStatus): string[] {
  const problems: string[] = [];
  if (stack !== undefined && /FAILED|ROLLBACK/.test(stack.status)) {
    problems.push(`the stack is ${stack.status}: its last change failed`);
  }
  if (fn.state !== "" && fn.state !== "Active" && fn.state !== "Inactive") {
    problems.push(`the function is ${fn.state}`);
  }
  if (metrics.errors > 0) problems.push(`calls failed: see the log ${fn.log}`);
  return [...problems, ...sources.flatMap((source) => problemsOfSource(source, fn.name, region))];
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
