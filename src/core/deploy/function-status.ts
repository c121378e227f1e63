import { DdbrError } from "../errors.ts";
import type { AwsPlace } from "./aws-place.ts";
import { openFailureQueue, type QueueDepth } from "./failure-queue.ts";
import { type DeployedFunction, describeFunction, type EventSource } from "./function-client.ts";
import { type FunctionMetrics, readFunctionMetrics } from "./function-metrics.ts";
import { openStacks } from "./stack-client.ts";

export interface SourceStatus extends EventSource {
  /** Of its failure queue; `absent`: that is not there any more; undefined: it has none in SQS. */
  failures: QueueDepth | "absent" | undefined;
}

export interface FunctionStatus {
  region: string;
  /** Undefined: it was not deployed as a stack of that name. */
  stack: { status: string; reason: string | undefined } | undefined;
  fn: DeployedFunction;
  sources: SourceStatus[];
  metrics: FunctionMetrics;
}

/** How a function does. @param name its own, which is its stack's */
export async function readStatus(
  place: AwsPlace,
  name: string,
  signal: AbortSignal,
): Promise<FunctionStatus> {
  const stacks = await openStacks(place);
  try {
    const stack = await stacks.find(name, signal);
    const { fn, sources } = await readSources(place, name, signal);
    const metrics = await readFunctionMetrics(place, fn.name, signal);
    return {
      region: stacks.region,
      stack: stack && { status: stack.status, reason: stack.reason },
      fn,
      sources,
      metrics,
    };
  } finally {
    stacks.close();
  }
}

/** The function, and what its sources have come to. */
export async function readSources(
  place: AwsPlace,
  name: string,
  signal: AbortSignal,
): Promise<Pick<FunctionStatus, "fn" | "sources">> {
  const { fn, sources } = await describeFunction(place, name, signal);
  const withQueues = sources.map(async (source) => ({
    ...source,
    failures: await depthOf(place, source, signal),
  }));
  return { fn, sources: await Promise.all(withQueues) };
}

async function depthOf(
  place: AwsPlace,
  { failureDestination }: EventSource,
  signal: AbortSignal,
): Promise<SourceStatus["failures"]> {
  if (failureDestination === undefined) return undefined;
  try {
    const queue = await openFailureQueue(place, failureDestination, signal);
    return await queue?.depth(signal).finally(() => queue.close());
  } catch (error) {
    if (error instanceof DdbrError && error.code === "no-such-object") return "absent";
    throw error;
  }
}
