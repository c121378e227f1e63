import { TestBedFailure } from "./failure.ts";

/** Runs a command that is of interest only when it fails; then all it said is in the error. */
export async function quietly(command: string[]): Promise<void> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) === 0) return;
  throw new TestBedFailure(`\`${command.join(" ")}\` failed:\n${out}${err}`.trimEnd());
}
