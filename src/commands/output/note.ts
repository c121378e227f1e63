import type { OutputMode } from "./mode.ts";

/** Tells people something about a run on stderr, which is not the run's own output; nothing when it is to be quiet. */
export function tellNote(command: string, note: string | undefined, mode: OutputMode): void {
  if (note !== undefined && mode !== "quiet") process.stderr.write(`ddbr ${command}: ${note}\n`);
}
