import type { AwsPlace } from "../aws-place.ts";
import { type DeployedFunction, describeFunction } from "../function-client.ts";
import { type FunctionMetrics, readFunctionMetrics } from "../function-metrics.ts";
import type { FunctionStatus } from "../function-status.ts";
import { openStacks } from "../stack-client.ts";
import { kindOfStack } from "../template/templates.ts";
import { type ListedExecution, openExecutions } from "./executions.ts";

export interface RunnerStatus {
  region: string;
  stack: NonNullable<FunctionStatus["stack"]>;
  /** What the places of its runs' state begin with. */
  state: string;
  /** That of segments, and that which collects. */
  functions: { fn: DeployedFunction; metrics: FunctionMetrics }[];
  /** The latest first. */
  executions: ListedExecution[];
}

const MOST_EXECUTIONS = 10;

/** How a runner does; undefined where there is no stack of that name, or one of another kind. */
export async function readRunnerStatus(
  place: AwsPlace,
  name: string,
  signal: AbortSignal,
): Promise<RunnerStatus | undefined> {
  const stacks = await openStacks(place);
  try {
    const stack = await stacks.find(name, signal);
    if (stack === undefined || kindOfStack(stack.parameters) !== "runner") return undefined;
    const { StateMachineArn, StateUrl = "", SegmentFunction, CollectFunction } = stack.outputs;
    const names = [SegmentFunction, CollectFunction].filter((fn) => fn !== undefined);
    return {
      region: stacks.region,
      stack: { status: stack.status, reason: stack.reason },
      state: StateUrl,
      functions: await Promise.all(names.map((fn) => readFunction(place, fn, signal))),
      executions: StateMachineArn === undefined ? [] : await readExecutions(place, StateMachineArn, signal),
    };
  } finally {
    stacks.close();
  }
}

async function readFunction(place: AwsPlace, name: string, signal: AbortSignal) {
  const [{ fn }, metrics] = await Promise.all([
    describeFunction(place, name, signal),
    readFunctionMetrics(place, name, signal),
  ]);
  return { fn, metrics };
}

async function readExecutions(place: AwsPlace, arn: string, signal: AbortSignal): Promise<ListedExecution[]> {
  const executions = await openExecutions(place, arn);
  try {
    return await executions.latest(MOST_EXECUTIONS, signal);
  } finally {
    executions.close();
  }
}
