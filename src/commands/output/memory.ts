/** Below this the engine may collect garbage as it likes. */
const CALM_BYTES = 112 * 1024 * 1024;
const PAGES_BETWEEN = 4;

/**
 * Keeps the process small. By itself the engine lets garbage grow with the machine's memory; a scan makes
 * megabytes of it with every page, nearly all of it dead by the next. Call it after each page.
 */
export function createMemoryKeeper(): () => void {
  let pages = 0;
  return () => {
    if (++pages < PAGES_BETWEEN || process.memoryUsage.rss() < CALM_BYTES) return;
    pages = 0;
    Bun.gc(true);
  };
}
