import { type FaultProxy, type FaultRule, startFaultProxy } from "../helpers/fault-proxy.ts";

export interface SettledProxy extends FaultProxy {
  /** Resolves when the server has answered all that has come: also what a killed client had asked for. */
  settled(): Promise<void>;
}

/** A request whose client died before it was whole is never answered. */
const LONGEST_MS = 10_000;

/** A proxy that knows what the server is still at work on: of a killed process, that may take effect after the next one has begun. */
export async function startSettledProxy(target: string, rules: FaultRule[] = []): Promise<SettledProxy> {
  let underWay = 0;
  const proxy = await startFaultProxy({
    target,
    rules,
    onRequest: () => void underWay++,
    onResponse: () => void underWay--,
  });
  return {
    ...proxy,
    async settled() {
      const until = performance.now() + LONGEST_MS;
      while (underWay > 0 && performance.now() < until) await Bun.sleep(5);
      underWay = 0;
    },
  };
}
