import { dirname } from "node:path";
import { TestBedFailure } from "./failure.ts";
import { type Reaper, startReaper } from "./reaper.ts";
import { runTests } from "./run-tests.ts";
import { formatCounts } from "./runner-counts.ts";
import { testEnvironment } from "./test-environment.ts";

export const ROOT = dirname(dirname(import.meta.dir));

export type TestBed = {
  /** Where the tests find their servers; handed to them by environment. */
  servers: Record<string, string>;
  /** What went wrong, though the tests are still worth running. */
  problems: string[];
};

export type TestCommand = {
  /** Test files that are another command's, as a glob from the root. */
  ignore: string;
  prepare(reaper: Reaper): Promise<TestBed>;
};

/**
 * A command that runs tests: prepares their servers, runs them with the command line's arguments, ends the servers
 * however it ends itself. The last line of stdout is `N passed, N failed`; the exit code is 0 only if tests ran and all passed.
 */
export async function testCommand(command: TestCommand): Promise<void> {
  const reaper = startReaper();
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.once(signal, () => void reaper.reap().finally(() => process.exit(code)));
  }
  try {
    process.exitCode = await run(command, reaper);
  } catch (error) {
    if (!(error instanceof TestBedFailure)) throw error;
    console.error(`test: ${error.message}`);
    process.exitCode = 1;
  } finally {
    await reaper.reap();
  }
}

async function run({ ignore, prepare }: TestCommand, reaper: Reaper): Promise<number> {
  const bed = await prepare(reaper);
  const run = await runTests({
    args: process.argv.slice(2),
    env: testEnvironment(bed.servers, process.env),
    ignore,
    reaper,
    root: ROOT,
    output: (bytes) => void process.stderr.write(bytes),
  });
  const problems = [...bed.problems, ...run.problems];
  await reaper.reap();
  for (const problem of problems) console.error(`test: ${problem}`);
  if (run.counts) console.log(formatCounts(run.counts));
  return problems.length === 0 ? 0 : 1;
}
