import { dirname } from "node:path";
import { TestBedFailure } from "./failure.ts";
import { type Reaper, startReaper } from "./reaper.ts";
import { runTests, type TestRunOptions } from "./run-tests.ts";
import { addCounts, type Counts, formatCounts, NO_COUNTS } from "./runner-counts.ts";
import { testEnvironment } from "./test-environment.ts";
import { findTestFiles } from "./test-files.ts";

export const ROOT = dirname(dirname(import.meta.dir));

export type TestBed = {
  /** Where the tests find their servers; handed to them by environment. */
  servers: Record<string, string>;
  /** What went wrong, though the tests are still worth running. */
  problems: string[];
};

/** Each is of a test command of its own. */
const FOLDERS = ["test", "test-aws", "test-lambda"] as const;

export type TestCommand = {
  /** Where its test files are. */
  folder: (typeof FOLDERS)[number];
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

/** Most tests wait for servers and programs, so a small machine has room for more than one file. */
const FILES_AT_ONCE = 2;
/** These keep the servers so busy that other tests would wait for them in vain. */
const LARGE = "**/*large*";

/** All tests are run in two parts, those of large tables by themselves at the end. */
function partsOf(
  args: string[],
  ignore: string[],
): Pick<TestRunOptions, "args" | "ignore" | "filesAtOnce">[] {
  const large = new Bun.Glob(LARGE);
  const alone = findTestFiles(ROOT, [], ignore).filter((file) => large.match(file));
  if (args.length > 0 || alone.length === 0) return [{ args, ignore, filesAtOnce: FILES_AT_ONCE }];
  return [
    { args: [], ignore: [...ignore, LARGE], filesAtOnce: FILES_AT_ONCE },
    { args: alone, ignore, filesAtOnce: 1 },
  ];
}

async function run({ folder, prepare }: TestCommand, reaper: Reaper): Promise<number> {
  const others = FOLDERS.filter((other) => other !== folder).map((other) => `${other}/**`);
  const bed = await prepare(reaper);
  const problems = [...bed.problems];
  let counts: Counts | undefined = NO_COUNTS;
  for (const part of partsOf(process.argv.slice(2), others)) {
    const run = await runTests({
      ...part,
      env: testEnvironment(bed.servers, process.env),
      reaper,
      root: ROOT,
      output: (bytes) => void process.stderr.write(bytes),
    });
    problems.push(...run.problems);
    counts = counts && run.counts && addCounts(counts, run.counts);
  }
  await reaper.reap();
  for (const problem of problems) console.error(`test: ${problem}`);
  if (counts) console.log(formatCounts(counts));
  return problems.length === 0 ? 0 : 1;
}
