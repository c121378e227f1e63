import type { RestoreRun } from "./restore-run.ts";

/** Does both at once. When one fails the other is stopped and waited for, then the failure is thrown. */
export async function together(
  run: RestoreRun,
  ...works: ((run: RestoreRun) => Promise<void>)[]
): Promise<void> {
  const failure = new AbortController();
  const part = { ...run, signal: AbortSignal.any([run.signal, failure.signal]) };
  await Promise.all(works.map((work) => work(part).catch((error: unknown) => failure.abort(error))));
  failure.signal.throwIfAborted();
}
