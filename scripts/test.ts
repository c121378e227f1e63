/**
 * Runs the tests against real servers:
 *
 *   bun run test [arguments of `bun test`]
 *
 * Starts DynamoDB Local and a Ceph S3 gateway on free ports of 127.0.0.1, installing what they need when it is
 * absent, and stops them afterwards. DDBR_TEST_DYNAMODB and DDBR_TEST_S3 (with DDBR_TEST_S3_ACCESS_KEY and
 * DDBR_TEST_S3_SECRET_KEY) name servers to use instead. The last line is `N passed, N failed`.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { TestBedFailure } from "./testbed/failure.ts";
import { startReaper } from "./testbed/reaper.ts";
import { runTests } from "./testbed/run-tests.ts";
import { formatCounts } from "./testbed/runner-counts.ts";
import { provideServers } from "./testbed/servers.ts";
import { testEnvironment } from "./testbed/test-environment.ts";

const ROOT = dirname(import.meta.dir);
const reaper = startReaper();

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.once(signal, () => void reaper.reap().finally(() => process.exit(code)));
}

/** Some tests run the binary as a user does. Without it the others are still worth running. */
async function buildBinary(): Promise<string[]> {
  if (!existsSync(join(ROOT, "build.ts"))) return [];
  const child = Bun.spawn([process.execPath, "build.ts"], {
    cwd: ROOT,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  reaper.kill(child);
  return (await child.exited) === 0
    ? []
    : ["the binary could not be built, tests that run it see an old one or none"];
}

async function main(): Promise<number> {
  const [servers, buildProblems] = await Promise.all([provideServers(reaper), buildBinary()]);
  const run = await runTests({
    args: process.argv.slice(2),
    env: testEnvironment(servers, process.env),
    reaper,
    root: ROOT,
    output: (bytes) => void process.stderr.write(bytes),
  });
  const problems = [...buildProblems, ...run.problems];
  await reaper.reap();
  for (const problem of problems) console.error(`test: ${problem}`);
  if (run.counts) console.log(formatCounts(run.counts));
  return problems.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof TestBedFailure)) throw error;
  console.error(`test: ${error.message}`);
  process.exitCode = 1;
} finally {
  await reaper.reap();
}
