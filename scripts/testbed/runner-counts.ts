export type Counts = { passed: number; failed: number; skipped: number };

export const NO_COUNTS: Counts = { passed: 0, failed: 0, skipped: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/**
 * The counts in the closing lines of `bun test`:
 *
 *      3 pass
 *      1 skip
 *      0 fail
 *      5 expect() calls
 *     Ran 4 tests across 2 files. [12.00ms]
 *
 * Undefined when they are not there, which is how a test that ends the process shows itself: the runner exits 0.
 */
export function readCounts(output: string): Counts | undefined {
  const lines = output.trimEnd().split("\n");
  const last = lines.findLastIndex((line) => /^Ran \d+ tests? across \d+ files?\./.test(line));
  if (last < 0 || lines.slice(last + 1).some((line) => line.trim() !== "")) return undefined;
  const block = lines.slice(lines.findLastIndex((line, at) => at < last && line.trim() === "") + 1, last);
  const count = (word: string) => {
    const line = block.find((candidate) => new RegExp(`^\\s*\\d+ ${word}$`).test(candidate));
    return line && Number.parseInt(line, 10);
  };
  const passed = count("pass");
  const failed = count("fail");
  if (typeof passed !== "number" || typeof failed !== "number") return undefined;
  return { passed, failed, skipped: (count("skip") || 0) + (count("todo") || 0) };
}

/** `3 passed, 0 failed`, with `, 1 skipped` behind it when there are any. */
export function formatCounts(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ""}`;
}
