import type { Time } from "../../src/core/pacing/join-run.ts";

/** Time of which so many seconds pass in one of ours. */
export function fastTime(speed: number): Time {
  return {
    now: () => performance.now() * speed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const stop = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", stop);
          resolve();
        }, ms / speed);
        signal?.addEventListener("abort", stop, { once: true });
      }),
  };
}
