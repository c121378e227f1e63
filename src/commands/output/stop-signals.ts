import { DdbrError, EXIT } from "../../core/errors.ts";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE"] as const;

/**
 * An AbortSignal that the first Ctrl-C (or SIGTERM, SIGHUP, a reader that goes away) aborts, so that the job can end cleanly;
 * a second one ends the program at once. Dispose of it when the job has ended.
 */
export function stopSignals(): { signal: AbortSignal; [Symbol.dispose](): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(new DdbrError("interrupted", "stopped"));
  };
  for (const name of STOP_SIGNALS) process.on(name, stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of STOP_SIGNALS) process.off(name, stop);
    },
  };
}
