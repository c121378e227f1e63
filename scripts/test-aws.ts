/**
 * Runs the tests of `test-aws/` against a stand-in for those services of AWS that have no server of their own:
 *
 *   bun run test:aws [arguments of `bun test`]
 *
 * Starts moto on a free port of 127.0.0.1, installing it when it is absent, and stops it afterwards; installs cfn-lint as well, and
 * Lambda's runtime client, which runs what was deployed, hadolint for Dockerfiles and kubernetes-validate. State machines are run by
 * another moto, which the tests that need it start.
 * DDBR_TEST_AWS names a server to use instead; DDBR_TEST_CFN_LINT, DDBR_TEST_KUBERNETES_VALIDATE and DDBR_TEST_BOTOCORE (moto, with
 * the botocore that it brings) a Python that has them, DDBR_TEST_HADOLINT the program. The last line is `N passed, N failed`.
 */
import { installCfnLint } from "./testbed/cfn-lint-install.ts";
import { installHadolint } from "./testbed/hadolint-install.ts";
import { installAbsent } from "./testbed/install.ts";
import { installKubernetesValidate } from "./testbed/kubernetes-validate-install.ts";
import { installRuntimes } from "./testbed/lambda-runtimes.ts";
import { startMoto } from "./testbed/moto.ts";
import { installMoto } from "./testbed/moto-install.ts";
import type { Reaper } from "./testbed/reaper.ts";
import { testCommand } from "./testbed/test-command.ts";

async function provideAws(reaper: Reaper): Promise<Record<string, string>> {
  const {
    DDBR_TEST_AWS: server,
    DDBR_TEST_CFN_LINT: linter,
    DDBR_TEST_BOTOCORE: botocore,
    DDBR_TEST_KUBERNETES_VALIDATE: kubernetes,
    DDBR_TEST_HADOLINT: hadolint,
  } = process.env;
  const hasPython = server && linter && botocore && kubernetes && hadolint;
  await installAbsent([...(hasPython ? [] : (["aws"] as const)), "lambda"]);
  const moto = server && botocore ? undefined : await installMoto(reaper);
  return {
    DDBR_TEST_LAMBDA: await installRuntimes(reaper),
    DDBR_TEST_CFN_LINT: linter || (await installCfnLint(reaper)),
    DDBR_TEST_KUBERNETES_VALIDATE: kubernetes || (await installKubernetesValidate(reaper)),
    DDBR_TEST_HADOLINT: hadolint || (await installHadolint(reaper)),
    DDBR_TEST_BOTOCORE: botocore || moto!,
    DDBR_TEST_MOTO: botocore || moto!,
    DDBR_TEST_AWS: server || (await startMoto(moto!, reaper)),
  };
}

await testCommand({
  folder: "test-aws",
  prepare: async (reaper) => ({ servers: await provideAws(reaper), problems: [] }),
});
