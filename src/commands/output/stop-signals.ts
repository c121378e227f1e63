import { DdbrError, EXIT } from "../../core/errors.ts";
import { readerGone } from "../shell/reader-gone.ts";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * An AbortSignal that the first Ctrl-C aborts (or SIGTERM, SIGHUP, or a reader of the output that goes away), so
 * that the job can end cleanly; a second Ctrl-C ends the program at once. Dispose of it when the job has ended.
 */
export function stopSignals(): { signal: AbortSignal; [Symbol.dispose](): void } {
  const controller = new AbortController();
  const reader = readerGone();
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(new DdbrError("interrupted", "stopped"));
  };
  for (const name of STOP_SIGNALS) process.on(name, stop);
  return {
    signal: AbortSignal.any([controller.signal, reader.signal]),
    [Symbol.dispose]() {
      for (const name of STOP_SIGNALS) process.off(name, stop);
      reader.release();
    },
  };
}

/** Does something that the first Ctrl-C stops; what shows a run afterwards listens by itself. */
export async function stoppable<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  using stop = stopSignals();
  return await work(stop.signal);
}
