import { createInterface } from "node:readline/promises";
import { DdbrError } from "../../core/errors.ts";

/**
 * Somebody sits there who can be asked. The question goes to stderr, so output that is redirected
 * (`… --repair | tee log`) makes no difference.
 */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Shows the lines and asks; anything but yes is no. Ctrl-C and the end of input stop the command, and so does the signal. */
export async function ask(
  lines: readonly string[],
  question: string,
  signal?: AbortSignal,
): Promise<boolean> {
  signal?.throwIfAborted();
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const stopped = new Promise<never>((_, reject) => {
    prompt.once("SIGINT", () => reject(new DdbrError("interrupted", "stopped: nothing was written")));
    prompt.once("close", () => reject(new DdbrError("interrupted", "no answer: nothing was written")));
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    const answer = await Promise.race([prompt.question(`${lines.join("\n")}\n${question} [y/N] `), stopped]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    stopped.catch(() => {});
    prompt.close();
  }
}
