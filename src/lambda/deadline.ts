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
