import { DdbrError } from "../errors.ts";
import type { Dynamo } from "./dynamo.ts";
import type { Pace } from "./pace.ts";

/**
 * Conditional writes that settle what they have booked also when they fail: one that came too fast has consumed nothing, and of all
 * others it has to be assumed that they cost what was expected, as one does whose condition fails.
 */
export function pacedWrites(dynamo: Dynamo, pace: Pace, expectedUnits: number): Dynamo {
  const settling =
    <Words extends unknown[], Answer>(write: (...words: Words) => Promise<Answer>) =>
    async (...words: Words): Promise<Answer> => {
      try {
        return await write(...words);
      } catch (error) {
        const tooFast = error instanceof DdbrError && error.code === "throttled";
        if (tooFast) pace.throttled();
        pace.spent(tooFast ? 0 : expectedUnits);
        throw error;
      }
    };
  return { ...dynamo, put: settling(dynamo.put), delete: settling(dynamo.delete) };
}
