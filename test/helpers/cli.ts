import { join } from "node:path";
import { type AddedVariables, programEnvironment } from "./program-environment.ts";

/** The binary that the test command has built. */
export const DDBR = join(import.meta.dir, "..", "..", process.platform === "win32" ? "ddbr.exe" : "ddbr");

export type CliResult = {
  /** 128 + n after signal n. */
  code: number;
  stdout: string;
  stderr: string;
  ms: number;
};

export type CliOptions = {
  env?: AddedVariables;
  stdin?: string;
  cwd?: string;
  /** After which the program is killed and the call fails. */
  timeoutMs?: number;
};

/** Runs the built binary as a user does off a terminal. */
export function runDdbr(args: string[], options: CliOptions = {}): Promise<CliResult> {
  return runProgram([DDBR, ...args], options);
}

/** Runs a program to its end without a terminal. */
export async function runProgram(command: string[], options: CliOptions = {}): Promise<CliResult> {
  const { timeoutMs = 60_000 } = options;
  const begin = performance.now();
  const child = Bun.spawn(command, {
    cwd: options.cwd ?? process.cwd(),
    env: programEnvironment(options.env),
    stdin: new Blob([options.stdin ?? ""]),
    stdout: "pipe",
    stderr: "pipe",
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, timeoutMs);
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  clearTimeout(timer);
  const ms = performance.now() - begin;
  if (!late) return { code, stdout, stderr, ms };
  const end = `${stdout}\n${stderr}`.trim().slice(-2000);
  throw new Error(`\`${command.join(" ")}\` did not end in ${timeoutMs} ms; its last output:\n${end}`);
}
