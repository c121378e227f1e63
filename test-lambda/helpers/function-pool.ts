import type { CallOutcome } from "./lambda-api.ts";
import { type FunctionOptions, type LambdaFunction, startFunction } from "./lambda-function.ts";

/** A function in as many environments as events come at the same time, each of which takes one at a time and is used again. */
export type FunctionPool = {
  invoke(event: unknown): Promise<CallOutcome>;
  /** What all of them have written to their logs. */
  log(): Promise<string[]>;
  stop(): Promise<void>;
};

/** @param atOnce what comes beyond that is throttled */
export function createFunctionPool(options: FunctionOptions, atOnce: number): FunctionPool {
  const all = new Set<LambdaFunction>();
  const idle: LambdaFunction[] = [];
  const ended: string[] = [];
  let running = 0;

  async function start(): Promise<LambdaFunction> {
    const lambda = await startFunction(options);
    all.add(lambda);
    return lambda;
  }

  /** Lambda doesn't go on with one that was cut off, or has ended. */
  async function giveUp(lambda: LambdaFunction): Promise<void> {
    if (!all.delete(lambda)) return;
    ended.push(...(await lambda.log()));
    await lambda.stop();
  }

  async function invokeOn(lambda: LambdaFunction, event: unknown): Promise<CallOutcome> {
    try {
      const outcome = await lambda.invoke(event);
      idle.push(lambda);
      return outcome;
    } catch (error) {
      await giveUp(lambda);
      return { error: { errorType: "Sandbox.Timedout", errorMessage: (error as Error).message } };
    }
  }

  async function invoke(event: unknown): Promise<CallOutcome> {
    if (running === atOnce) return "throttled";
    running++;
    try {
      return await invokeOn(idle.pop() ?? (await start()), event);
    } finally {
      running--;
    }
  }

  return {
    invoke,
    log: async () => [...ended, ...(await Promise.all([...all].map((lambda) => lambda.log()))).flat()],
    stop: async () => void (await Promise.all([...all].map(giveUp))),
  };
}
