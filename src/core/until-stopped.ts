/** The work's outcome, or a rejection with the signal's reason as soon as that aborts: what then becomes of the work is not known. */
export function untilStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onStop = () => reject(stop.reason);
  if (stop.aborted) onStop();
  stop.addEventListener("abort", onStop, { once: true });
  return Promise.race([work, promise]).finally(() => stop.removeEventListener("abort", onStop));
}
