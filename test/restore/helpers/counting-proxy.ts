import { dynamoDbEndpoint } from "../../helpers/dynamodb.ts";
import { type FaultProxy, type FaultRule, startFaultProxy } from "../../helpers/fault-proxy.ts";

export const WRITES = ["PutItem", "DeleteItem", "BatchWriteItem"];

export interface CountingProxy {
  proxy: FaultProxy;
  /** Write units of every write that the server has carried out, also where the answer was lost on the way. */
  writeUnits: number;
  /** Requests to write that have arrived. */
  writes: number;
  /** Calls `action` when so many more requests of these kinds have arrived; the last one is forwarded after it. */
  after(requests: number, action: () => void, operations?: readonly string[]): void;
  /**
   * As `after`, for what kills the program: what arrives later is lost until `idle`. However many requests it has under way at
   * once, no more than so many reach the server.
   */
  killAfter(requests: number, kill: () => void, operations?: readonly string[]): void;
  /** Resolves when the server has answered every write that has arrived; without faults, or some are never forwarded. */
  idle(): Promise<void>;
}

/**
 * A proxy before the tests' DynamoDB that adds up what writes cost by the server's own answers.
 * @param meanwhile awaited before each request to write is dealt with
 */
export async function startCountingProxy(
  rules: FaultRule[],
  seed = 1,
  meanwhile?: (operation: string, body: string | undefined) => Promise<void>,
): Promise<CountingProxy> {
  let answers = 0;
  let isLost = false;
  let due: { left: number; action: () => void; operations: readonly string[] } | undefined;
  const counting: CountingProxy = {
    writeUnits: 0,
    writes: 0,
    after(left, action, operations = WRITES) {
      due = { left, action, operations };
    },
    killAfter(left, kill, operations) {
      const action = () => {
        isLost = true;
        kill();
      };
      counting.after(left, action, operations);
    },
    async idle() {
      while (answers < counting.writes) await Bun.sleep(5);
      if (!isLost) return;
      // What the program had sent before it was killed may still be on its way here.
      await Bun.sleep(50);
      isLost = false;
    },
    proxy: await startFaultProxy({
      target: dynamoDbEndpoint(),
      seed,
      rules,
      async onRequest(operation, body) {
        if (isLost) throw new Error("lost with the program that has sent it");
        if (WRITES.includes(operation)) {
          counting.writes++;
          await meanwhile?.(operation, body);
        }
        if (!due?.operations.includes(operation) || --due.left > 0) return;
        const { action } = due;
        due = undefined;
        action();
      },
      onResponse(operation, status, body) {
        if (!WRITES.includes(operation)) return;
        answers++;
        if (status === 200) counting.writeUnits += consumed(body!);
      },
    }),
  };
  return counting;
}

function consumed(body: string): number {
  const { ConsumedCapacity } = JSON.parse(body) as {
    ConsumedCapacity: { CapacityUnits: number } | { CapacityUnits: number }[];
  };
  return [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}
