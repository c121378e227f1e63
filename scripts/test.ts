/**
 * Runs the tests of `test/` against real servers:
 *
 *   bun run test [arguments of `bun test`]
 *
 * Starts DynamoDB Local and a Ceph S3 gateway on free ports of 127.0.0.1, installing what they need when it is
 * absent, and stops them afterwards. DDBR_TEST_DYNAMODB and DDBR_TEST_S3 (with DDBR_TEST_S3_ACCESS_KEY and
 * DDBR_TEST_S3_SECRET_KEY) name servers to use instead. The last line is `N passed, N failed`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Reaper } from "./testbed/reaper.ts";
import { provideServers } from "./testbed/servers.ts";
import { ROOT, testCommand } from "./testbed/test-command.ts";

/** Some tests run the binary as a user does. Without it the others are still worth running. */
async function buildBinary(reaper: Reaper): Promise<string[]> {
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

await testCommand({
  folder: "test",
  async prepare(reaper) {
    const [servers, problems] = await Promise.all([provideServers(reaper), buildBinary(reaper)]);
    return { servers, problems };
  },
});
