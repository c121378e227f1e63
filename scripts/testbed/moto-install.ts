import { join } from "node:path";
import { installPython } from "./python-venv.ts";
import type { Reaper } from "./reaper.ts";

const MOTO = {
  requirement: "moto[server]==5.2.5",
  module: "moto.server",
  otherwise: "DDBR_TEST_AWS to the address of a server to use instead",
};

/** Returns a Python that has moto; the first run installs it. */
export async function installMoto(reaper: Reaper): Promise<string> {
  return join(await installPython(MOTO, reaper), "python");
}
