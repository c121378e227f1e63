/**
 * Runs the tests of `test-lambda/`, of the functions as Lambda runs them: the built ZIP file in its own runtime, on each Node it has,
 * and in AWS's emulator of Lambda; and of the state machine that calls some of them:
 *
 *   bun run test:lambda [arguments of `bun test`]
 *
 * Installs the runtime client, the emulator and moto (which runs state machines) when they are absent, and starts the servers that
 * `bun run test` does, with the same variables to use others instead. The last line is `N passed, N failed`.
 */
import { installAbsent } from "./testbed/install.ts";
import { installEmulator } from "./testbed/lambda-emulator.ts";
import { installRuntimes } from "./testbed/lambda-runtimes.ts";
import { installMoto } from "./testbed/moto-install.ts";
import type { Reaper } from "./testbed/reaper.ts";
import { provideServers } from "./testbed/servers.ts";
import { testCommand } from "./testbed/test-command.ts";

async function provideRuntimes(reaper: Reaper): Promise<Record<string, string>> {
  await installAbsent(["lambda", "emulator"]);
  return {
    DDBR_TEST_LAMBDA: await installRuntimes(reaper),
    DDBR_TEST_LAMBDA_EMULATOR: await installEmulator(reaper),
    DDBR_TEST_MOTO: await installMoto(reaper),
  };
}

await testCommand({
  folder: "test-lambda",
  async prepare(reaper) {
    // One after the other: both may install Debian's packages.
    const runtimes = await provideRuntimes(reaper);
    return { servers: { ...runtimes, ...(await provideServers(reaper)) }, problems: [] };
  },
});
