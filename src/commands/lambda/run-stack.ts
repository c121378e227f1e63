import type { DeployReport, DeploySummary } from "../../core/deploy/deploy-events.ts";
import type { StackClient, StackEvent } from "../../core/deploy/stack-client.ts";
import { followStack, type StackOutcome, type WantedEnd } from "../../core/deploy/stack-run.ts";
import { DdbrError, EXIT, exitCodeOf } from "../../core/errors.ts";
import type { OutputMode } from "../output/mode.ts";
import { stoppable } from "../output/stop-signals.ts";

export interface StackRun {
  client: StackClient;
  /** Its name. */
  stack: string;
  wanted: WantedEnd;
  /** Of the screen. */
  title: string;
  mode: OutputMode;
  report: DeployReport;
  begin(signal: AbortSignal): Promise<void>;
}

/** Begins a change of a stack and shows what happens to it, on a dashboard or as lines. Stopped, it only ceases to be watched. */
export async function runStack(run: StackRun): Promise<DeploySummary> {
  const startedAt = performance.now();
  try {
    const { done, stack, cause } = await (run.mode === "dashboard" ? onDashboard(run) : asLines(run));
    return {
      outcome: done ? "done" : "failed",
      stack: run.stack,
      region: run.client.region,
      outputs: done ? (stack?.outputs ?? {}) : {},
      ...(!done && { failure: failureOf(cause, stack?.status, stack?.reason) }),
      elapsedMs: Math.round(performance.now() - startedAt),
    };
  } catch (error) {
    if (exitCodeOf(error) !== EXIT.interrupted) throw error;
    throw new DdbrError("interrupted", "stopped watching: CloudFormation goes on", {
      subject: `stack ${run.stack}`,
      hint: `see ddbr lambda status ${run.stack}`,
      cause: error,
    });
  }
}

function failureOf(
  cause: StackEvent | undefined,
  status = "",
  reason = "",
): NonNullable<DeploySummary["failure"]> {
  if (cause === undefined) {
    return { part: "", type: "stack", reason: `${status} ${reason}`.trim() || "it is gone" };
  }
  return { part: cause.part, type: cause.type, reason: cause.reason ?? cause.status };
}

async function follow(
  { client, stack, wanted, begin }: StackRun,
  report: (event: StackEvent) => void,
  signal: AbortSignal,
): Promise<StackOutcome> {
  // By its id it is found also when it is gone.
  const found = await client.find(stack, signal);
  return await followStack(client, found?.id ?? stack, wanted, () => begin(signal), report, signal);
}

async function asLines(run: StackRun): Promise<StackOutcome> {
  return await stoppable((signal) =>
    follow(run, (resource) => run.report({ type: "resource", resource }), signal),
  );
}

async function onDashboard(run: StackRun): Promise<StackOutcome> {
  const { showDeployDashboard } = await import("../../tui/dashboards/deploy-dashboard.ts");
  return await showDeployDashboard({
    title: run.title,
    stack: run.stack,
    run: (report, signal) => follow(run, report, signal),
  });
}
