import { format } from "node:util";

const METHODS = ["debug", "info", "log", "warn", "error"] as const;
const MOST_LINES = 200;

/**
 * Holds back what is written to the console while a screen is drawn, where it would be overwritten unread.
 * The function returned gives the console back and prints the latest of it on stderr.
 */
export function holdConsole(stderr: NodeJS.WritableStream = process.stderr): () => void {
  const held: string[] = [];
  const before = METHODS.map((method) => [method, console[method]] as const);
  for (const method of METHODS) {
    console[method] = (...values: unknown[]) => {
      held.push(format(...values));
      if (held.length > MOST_LINES) held.shift();
    };
  }
  return () => {
    for (const [method, original] of before) console[method] = original;
    for (const text of held.splice(0)) stderr.write(`${text}\n`);
  };
}
