/**
 * Runs the tests of `test-aws/` against a stand-in for those services of AWS that have no server of their own:
 *
 *   bun run test:aws [arguments of `bun test`]
 *
 * Starts moto on a free port of 127.0.0.1, installing it when it is absent, and stops it afterwards.
 * DDBR_TEST_AWS names a server to use instead. The last line is `N passed, N failed`.
 */
import { installAbsent } from "./testbed/install.ts";
import { startMoto } from "./testbed/moto.ts";
import { installMoto } from "./testbed/moto-install.ts";
import type { Reaper } from "./testbed/reaper.ts";
import { testCommand } from "./testbed/test-command.ts";

async function provideAws(reaper: Reaper): Promise<string> {
  if (process.env.DDBR_TEST_AWS) return process.env.DDBR_TEST_AWS;
  await installAbsent(["aws"]);
  return startMoto(await installMoto(reaper), reaper);
}

await testCommand({
  ignore: "test/**",
  prepare: async (reaper) => ({ servers: { DDBR_TEST_AWS: await provideAws(reaper) }, problems: [] }),
});
