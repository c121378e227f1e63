import { join } from "node:path";
import { installPython } from "./python-venv.ts";
import type { Reaper } from "./reaper.ts";

const CFN_LINT = {
  requirement: "cfn-lint==1.58.0",
  module: "cfnlint",
  otherwise: "DDBR_TEST_CFN_LINT to the Python of an environment that has it",
};

/** Returns a Python that has cfn-lint, which checks CloudFormation's templates; the first run installs it. */
export async function installCfnLint(reaper: Reaper): Promise<string> {
  return join(await installPython(CFN_LINT, reaper), "python");
}
