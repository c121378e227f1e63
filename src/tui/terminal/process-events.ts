export const INTERRUPTS = ["SIGINT", "SIGTERM"] as const;
export const CRASHES = ["uncaughtException", "unhandledRejection"] as const;

type ProcessEvent = (typeof INTERRUPTS)[number] | "SIGHUP" | (typeof CRASHES)[number];

/** Listens to several events of the process; the function returned stops listening. */
export function onProcess(events: readonly ProcessEvent[], listener: (value: unknown) => void): () => void {
  const emitter: NodeJS.EventEmitter = process;
  // Ahead of the others: what they print must find the terminal restored.
  for (const event of events) emitter.prependListener(event, listener);
  return () => {
    for (const event of events) emitter.off(event, listener);
  };
}
