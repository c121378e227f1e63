import { setTimeout as sleep } from "node:timers/promises";
import { DdbrError } from "../../errors.ts";
import type { Again } from "../../job/follow-job.ts";
import { isPassing } from "../../table/failure.ts";
import type { Execution, Executions } from "./executions.ts";

const PAUSE_MS = 2_000;
/** For so long Step Functions may fail in passing. */
const PATIENCE_MS = 300_000;

export function isRunning({ status }: Pick<Execution, "status">): boolean {
  return status === "RUNNING" || status === "PENDING_REDRIVE";
}

/**
 * Looks again at a job every two seconds, or as long after a look as that took, until its execution has ended, and once after that.
 * @param ended told how it ended
 */
export function untilExecutionEnds(
  executions: Pick<Executions, "describe">,
  arn: string,
  ended: (execution: Execution) => void,
): Again {
  let isOver = false;
  let answeredAt = performance.now();
  let lookedFrom = answeredAt;
  return async (signal) => {
    if (isOver) return false;
    await sleep(Math.max(PAUSE_MS, performance.now() - lookedFrom), undefined, { signal });
    try {
      const execution = await executions.describe(arn, signal);
      answeredAt = performance.now();
      isOver = !isRunning(execution);
      if (isOver) ended(execution);
    } catch (error) {
      if (!mayPass(error) || performance.now() - answeredAt > PATIENCE_MS) throw error;
    }
    lookedFrom = performance.now();
    return true;
  };
}

/** One that has just been started is not known everywhere at once. */
function mayPass(error: unknown): boolean {
  return isPassing(error) || (error instanceof DdbrError && error.code === "no-such-object");
}
