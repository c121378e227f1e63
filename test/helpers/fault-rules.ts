/** What can go wrong with one request. */
export type Fault =
  /** HTTP 400 with this code; to S3 requests `SlowDown`, HTTP 503. */
  | { kind: "throttle"; code?: "ProvisionedThroughputExceededException" | "ThrottlingException" }
  /** `InternalServerError` (500) or `ServiceUnavailable` (503). */
  | { kind: "server-error"; status?: 500 | 503 }
  /** `AccessDeniedException`, HTTP 400; to S3 requests `AccessDenied`, HTTP 403. */
  | { kind: "access-denied" }
  /** HTTP 400 with this code, from DynamoDB. */
  | { kind: "refuse"; code: string }
  /** Of a BatchGetItem or BatchWriteItem this share (0..1) of the entries, rounded down, is not forwarded but given back. */
  | { kind: "unprocessed"; share: number }
  /** The connection is reset; the server never sees the request. */
  | { kind: "reset-before" }
  /** The server does what was asked, then the connection is reset: the client cannot know. */
  | { kind: "reset-after" }
  /** The server does what was asked; half of its answer comes, then the connection ends. */
  | { kind: "truncate" }
  /** The request is forwarded this much later. Goes together with another fault. */
  | { kind: "delay"; ms: number };

/** When a fault happens. Of `rate`, `nth` and `always` any that holds suffices. */
export type FaultRule = {
  fault: Fault;
  /** DynamoDB: the API's names, such as `BatchWriteItem`; S3: the method, such as `PUT`. Absent: all. */
  operations?: string[];
  /** Share of calls, 0..1, drawn from the proxy's seed. */
  rate?: number;
  /** The n-th call of an operation, counted from 1; or several. */
  nth?: number | number[];
  always?: boolean;
  /** At most this often. */
  times?: number;
};

export type Call = {
  operation: string;
  /** Which call of this operation it is, from 1. */
  number: number;
};

/**
 * Decides by the rules what happens to a call: at most one fault, besides delays. What is drawn depends only on
 * the seed, the rule, the operation and the call's number, not on how calls of several operations interleave.
 */
export function faultChooser(seed: number, rules: FaultRule[]): (call: Call) => Fault[] {
  const used = rules.map(() => 0);
  return (call) => {
    const chosen: Fault[] = [];
    for (const [at, rule] of rules.entries()) {
      const taken = rule.fault.kind !== "delay" && chosen.some((fault) => fault.kind !== "delay");
      if (taken || used[at]! >= (rule.times ?? Number.POSITIVE_INFINITY)) continue;
      if (!applies(rule, call, seededNumbers(seed, at, call))) continue;
      used[at]! += 1;
      chosen.push(rule.fault);
    }
    return chosen;
  };
}

const BATCHES = ["BatchGetItem", "BatchWriteItem"];

function applies(rule: FaultRule, call: Call, random: () => number): boolean {
  if (rule.fault.kind === "unprocessed" && !BATCHES.includes(call.operation)) return false;
  if (rule.operations && !rule.operations.includes(call.operation)) return false;
  if (rule.always) return true;
  if (rule.nth !== undefined && [rule.nth].flat().includes(call.number)) return true;
  return rule.rate !== undefined && random() < rule.rate;
}

/** Numbers in 0..1 that are the same for the same seed, stream and call. */
export function seededNumbers(seed: number, stream: number, call: Call): () => number {
  let state = Bun.hash.xxHash32(`${stream} ${call.operation} ${call.number}`, seed);
  return () => {
    // A step of the SplitMix32 generator.
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
