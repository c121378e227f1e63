/**
 * Runs the tests of `test-lambda/`, of the functions as Lambda runs them: the built ZIP file in its own runtime, on each Node it has:
 *
 *   bun run test:lambda [arguments of `bun test`]
 *
 * Installs Lambda's runtime client when it is absent, and starts the servers that `bun run test` does, with the same variables to use
 * others instead. The last line is `N passed, N failed`.
 */
import { installAbsent } from "./testbed/install.ts";
import { installRuntimes } from "./testbed/lambda-runtimes.ts";
import type { Reaper } from "./testbed/reaper.ts";
import { provideServers } from "./testbed/servers.ts";
import { testCommand } from "./testbed/test-command.ts";

async function provideRuntimes(reaper: Reaper): Promise<string> {
  await installAbsent(["lambda"]);
  return installRuntimes(reaper);
}

await testCommand({
  folder: "test-lambda",
  async prepare(reaper) {
    // One after the other: both may install Debian's packages.
    const DDBR_TEST_LAMBDA = await provideRuntimes(reaper);
    return { servers: { ...(await provideServers(reaper)), DDBR_TEST_LAMBDA }, problems: [] };
  },
});
