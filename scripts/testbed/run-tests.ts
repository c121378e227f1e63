import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Reaper } from "./reaper.ts";
import { type Counts, readCounts } from "./runner-counts.ts";
import { findTestFiles, reportedFiles } from "./test-files.ts";

const TIMEOUT_MS = 120_000;
export type TestRun = { counts: Counts | undefined; problems: string[] };

export type TestRunOptions = {
  /** Arguments of `bun test`. */
  args: string[];
  env: Record<string, string>;
  /** Files that are not to be run, as globs from the root. */
  ignore?: readonly string[];
  filesAtOnce: number;
  reaper: Reaper;
  /** Where the test files are. */
  root: string;
  /** Takes the runner's report as it comes. */
  output: (bytes: Uint8Array) => void;
};

/** Runs `bun test`, and says everything that keeps the run from being a pass. */
export async function runTests(options: TestRunOptions): Promise<TestRun> {
  const { args, env, ignore = [], filesAtOnce, reaper, root, output } = options;
  const directory = mkdtempSync(join(tmpdir(), "ddbr-tests-"));
  reaper.remove(directory);
  const report = join(directory, "junit.xml");
  const command = [
    process.execPath,
    "test",
    "--no-orphans",
    `--timeout=${TIMEOUT_MS}`,
    `--parallel=${filesAtOnce}`,
    ...ignore.map((glob) => `--path-ignore-patterns=${glob}`),
  ];
  const child = Bun.spawn([...command, "--reporter=junit", `--reporter-outfile=${report}`, ...args], {
    cwd: root,
    env,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "pipe",
  });
  reaper.kill(child);
  const end = await readEnd(child.stderr, output);
  const code = await child.exited;
  const counts = readCounts(end);
  const problems: string[] = [];
  if (code !== 0) problems.push(`bun test ended with ${code}`);
  if (!counts) problems.push("bun test ended without its closing counts (did a test end the process?)");
  else if (counts.passed + counts.failed === 0) problems.push("no test ran");
  problems.push(...filesWithoutTests(options, report).map((file) => `no test ran in ${file}`));
  return { counts, problems };
}

/** An option may filter tests by name or shard, after which files without tests are no surprise. */
function filesWithoutTests({ args, root, ignore }: TestRunOptions, report: string): string[] {
  if (args.some((arg) => arg.startsWith("-"))) return [];
  const ran = existsSync(report) ? reportedFiles(readFileSync(report, "utf8")) : new Set();
  return findTestFiles(root, args, ignore).filter((file) => !ran.has(file));
}

/** Passes the runner's report on and returns its end, where the closing lines are. */
async function readEnd(
  stream: ReadableStream<Uint8Array>,
  output: TestRunOptions["output"],
): Promise<string> {
  const decoder = new TextDecoder();
  let end = "";
  for await (const chunk of stream) {
    output(chunk);
    end = (end + decoder.decode(chunk, { stream: true })).slice(-10_000);
  }
  return end;
}
