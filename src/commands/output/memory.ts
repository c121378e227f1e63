/** Below this the engine may collect garbage as it likes. */
const CALM_BYTES = 112 * 1024 * 1024;
/** About four pages of a scan. */
const BYTES_BETWEEN = 5 * 1024 * 1024;

/**
 * Keeps the process small. By itself the engine lets garbage grow with the machine's memory; a scan makes
 * megabytes of it with every page, nearly all of it dead by the next. Call it with the bytes of each answer.
 */
export function createMemoryKeeper(): (bytes: number) => void {
  let since = 0;
  return (bytes) => {
    since += bytes;
    if (since < BYTES_BETWEEN || process.memoryUsage.rss() < CALM_BYTES) return;
    since = 0;
    Bun.gc(true);
  };
}

const LOOK_EVERY_MS = 100;
const GROWTH_BYTES = 16 * 1024 * 1024;

/** The same until it is disposed of, for work of which no answer tells how much garbage it makes. */
export function keepingMemoryLow(): Disposable {
  let kept = 0;
  const timer = setInterval(() => {
    const { rss } = process.memoryUsage;
    if (rss() < Math.max(CALM_BYTES, kept + GROWTH_BYTES)) return;
    Bun.gc(true);
    kept = rss();
  }, LOOK_EVERY_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
