import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";

/** DynamoDB behind a proxy that counts what is consumed, by what the answers say. */
export class MeteredServer implements AsyncDisposable {
  readonly #proxy: FaultProxy;
  readonly #answers: { at: number; units: number }[];

  private constructor(proxy: FaultProxy, answers: { at: number; units: number }[]) {
    this.#proxy = proxy;
    this.#answers = answers;
  }

  /** @param capacity units a second (none is saved up before the first answer); whoever asks for more is refused, as a table of provisioned capacity does it */
  static async start(capacity = Number.POSITIVE_INFINITY): Promise<MeteredServer> {
    const answers: { at: number; units: number }[] = [];
    let [left, filledAt] = [0, performance.now()];
    const proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      onResponse(_operation, _status, body) {
        const now = performance.now();
        const units = unitsIn(body);
        if (units === 0) return;
        answers.push({ at: now, units });
        if (capacity === Number.POSITIVE_INFINITY) return;
        left = Math.min(capacity, left + (capacity * (now - filledAt)) / 1000) - units;
        filledAt = now;
        if (left >= 0) return;
        proxy.setRules([{ fault: { kind: "throttle" }, operations: ["Scan"], always: true }]);
        setTimeout(() => proxy.setRules([]), (-left / capacity) * 1000);
      },
    });
    return new MeteredServer(proxy, answers);
  }

  location(table: { name: string }): string {
    return `${this.#proxy.url}/${table.name}`;
  }

  get units(): number {
    return this.#answers.reduce((sum, { units }) => sum + units, 0);
  }

  /** Milliseconds from the first answer that cost something to the last. */
  get elapsedMs(): number {
    return (this.#answers.at(-1)?.at ?? 0) - (this.#answers.at(0)?.at ?? 0);
  }

  get answered(): number {
    return this.#answers.length;
  }

  get throttled(): number {
    return this.#proxy.stats.faults.throttle ?? 0;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#proxy.stop();
  }
}

function unitsIn(body: string | undefined): number {
  if (body === undefined) return 0;
  const { ConsumedCapacity = [] } = JSON.parse(body) as {
    ConsumedCapacity?: { CapacityUnits: number } | { CapacityUnits: number }[];
  };
  return [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}
