type Listener = (...values: unknown[]) => void;

/**
 * Calls `gone` when the terminal has gone away, which shows as errors of its streams. Until then their own error
 * listeners, which may end the program on the spot, are set aside; the function returned puts them back, unless the
 * terminal has gone: then the last lines that are written to it must not be the end of what is still to be done.
 */
export function onHangUp(streams: readonly NodeJS.EventEmitter[], gone: () => void): () => void {
  let isGone = false;
  const failed = () => {
    if (isGone) return;
    isGone = true;
    gone();
  };
  const before = streams.map((stream) => {
    const listeners = stream.rawListeners("error") as Listener[];
    stream.removeAllListeners("error");
    stream.on("error", failed);
    return { stream, listeners };
  });
  return () => {
    if (isGone) return;
    for (const { stream, listeners } of before) {
      stream.off("error", failed);
      for (const listener of listeners) stream.on("error", listener);
    }
  };
}

/** Whether a failure of drawing comes from a terminal that has gone: its input can't be set up any more. */
export function isHangUp(error: unknown): boolean {
  const { code, message = "" } = error as NodeJS.ErrnoException;
  return code === "EIO" || message.startsWith("setRawMode failed");
}
