import { join } from "node:path";
import { installPython } from "./python-venv.ts";
import type { Reaper } from "./reaper.ts";

const KUBERNETES_VALIDATE = {
  requirement: "kubernetes-validate==1.37.0",
  module: "kubernetes_validate",
  otherwise: "DDBR_TEST_KUBERNETES_VALIDATE to the Python of an environment that has it",
};

/** Returns a Python that has kubernetes-validate, which holds the schemas of Kubernetes' objects; the first run installs it. */
export async function installKubernetesValidate(reaper: Reaper): Promise<string> {
  return join(await installPython(KUBERNETES_VALIDATE, reaper), "python");
}
