import type { EngineName, EngineRun } from "./engines.ts";
import { BATCH_ARRAY, LAMBDA, STEP_FUNCTIONS } from "./parameters.ts";
import { segmentCalls } from "./segment-calls.ts";

/**
 * - `array`: jobs of an array · `concurrency`: calls of functions at the same time · `children`: of a map at the same time
 * - `events`: of a segment's execution · `input`: bytes that an execution is started with, the list of segments
 */
export type LimitName = "array" | "concurrency" | "children" | "events" | "input";

/** How much of what an engine allows a run takes. */
export interface Limit {
  name: LimitName;
  used: number;
  allowed: number;
}

export function limitsOf(engine: EngineName, run: EngineRun): Limit[] {
  const { workers, segments } = run;
  switch (engine) {
    case "one-machine":
      return [];
    case "batch":
      return [{ name: "array", used: workers, allowed: BATCH_ARRAY }];
    case "step-functions":
      return [
        { name: "concurrency", used: workers, allowed: LAMBDA.concurrency },
        { name: "children", used: workers, allowed: STEP_FUNCTIONS.children },
        { name: "events", used: segmentCalls(run).events, allowed: STEP_FUNCTIONS.events },
        { name: "input", used: inputBytes(segments), allowed: STEP_FUNCTIONS.inputBytes },
      ];
  }
}

/** What an execution is started with beside the list of segments. */
const REST_BYTES = 200;

/** Of `[0,1,2,…]`, and the rest. */
export function inputBytes(segments: number): number {
  let bytes = REST_BYTES + segments + 1;
  for (let digits = 1, from = 0; from < segments; digits++) {
    const to = Math.min(segments, 10 ** digits);
    bytes += (to - from) * digits;
    from = to;
  }
  return bytes;
}
