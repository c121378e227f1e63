import type { Context } from "aws-lambda";

/** What is kept back for the answer: a function that is cut off answers nothing, and all of its batch comes again. */
const KEPT_BACK = 0.1;
const LEAST_MS = 300;
const MOST_MS = 5_000;

/** Aborts some time before the function is cut off. */
export function beforeTimeout({ getRemainingTimeInMillis }: Context): AbortSignal {
  const remaining = getRemainingTimeInMillis();
  const keptBack = Math.min(Math.max(remaining * KEPT_BACK, LEAST_MS), MOST_MS);
  // Node takes whole milliseconds only.
  return AbortSignal.timeout(Math.max(0, Math.floor(remaining - keptBack)));
}

const MARGIN_MS = 60_000;
const HALF = 0.5;
/** Something has to be begun. */
const MOST_OF_WHAT_IS_LEFT = 0.9;

/**
 * Milliseconds until what is under way is to be finished and saved, for the function to answer before it is cut off.
 * @param marginMs milliseconds for that; by default a minute, or half of a short time
 */
export function untilLastMoment({ getRemainingTimeInMillis }: Context, marginMs?: number): number {
  const remaining = getRemainingTimeInMillis();
  const margin =
    marginMs === undefined
      ? Math.min(MARGIN_MS, remaining * HALF)
      : Math.min(marginMs, remaining * MOST_OF_WHAT_IS_LEFT);
  return Math.floor(remaining - margin);
}
