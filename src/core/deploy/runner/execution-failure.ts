import { DdbrError } from "../../errors.ts";
import type { Execution, Executions } from "./executions.ts";

/** Why an execution did not succeed. */
export interface ExecutionFailure {
  /** The first segment that failed; undefined where none did, or where that cannot be seen. */
  segment?: number;
  /** One line. */
  reason: string;
}

/** A reason may be a whole stack trace. */
const LONGEST_REASON = 500;

/** The first thing that went wrong: the state machine itself only tells what is missing. */
export async function failureOf(
  executions: Pick<Executions, "failedChildren" | "describe">,
  execution: Execution,
  signal: AbortSignal,
): Promise<ExecutionFailure> {
  try {
    const failed = await executions.failedChildren(execution.arn, signal);
    const first = failed.reduce<(typeof failed)[number] | undefined>((earliest, child) => {
      return earliest !== undefined && endOf(earliest) <= endOf(child) ? earliest : child;
    }, undefined);
    if (first !== undefined) {
      const child = await executions.describe(first.arn, signal);
      return { ...segmentOf(child), reason: reasonOf(child) };
    }
  } catch (error) {
    // To look at the elements of a map is a right of its own.
    if (signal.aborted || !(error instanceof DdbrError)) throw error;
  }
  return { reason: reasonOf(execution) };
}

const endOf = ({ endedAt, startedAt }: { endedAt: Date | undefined; startedAt: Date }) =>
  (endedAt ?? startedAt).getTime();

function segmentOf({ input }: Execution): { segment?: number } {
  const { segment } = (parse(input) ?? {}) as { segment?: unknown };
  return typeof segment === "number" ? { segment } : {};
}

/** Of what a function throws the cause is JSON, with a stack trace in it. */
function reasonOf({ error, cause }: Execution): string {
  const { errorMessage } = (parse(cause ?? "") ?? {}) as { errorMessage?: unknown };
  if (typeof errorMessage === "string") return inOneLine(errorMessage);
  const told = [error, cause].filter((text) => text !== undefined && text !== "");
  return told.length === 0 ? "nothing is said of why" : inOneLine(told.join(": "));
}

function inOneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").slice(0, LONGEST_REASON);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
