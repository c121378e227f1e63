import { existsSync } from "node:fs";
import { join } from "node:path";
import { installInCache } from "./cached-install.ts";
import { quietly } from "./quietly.ts";
import type { Reaper } from "./reaper.ts";

export type PythonPackage = {
  /** As pip takes it, with its version. */
  requirement: string;
  /** What else can be done where it cannot be installed. */
  otherwise: string;
} & (
  | {
      /** What is imported to see whether it is there. */
      module: string;
    }
  | {
      /** What tells its version when it is there, of a package that isn't Python within. */
      program: string;
    }
);

/**
 * Returns the `bin` folder of a virtual environment with a Python package, in the user's cache folder; the first run makes it.
 * pip's own settings (PIP_INDEX_URL and the like) say where packages come from.
 */
export async function installPython(wanted: PythonPackage, reaper: Reaper): Promise<string> {
  const { requirement, otherwise } = wanted;
  const home = await installInCache(
    {
      what: requirement,
      isGood: (folder) => has(folder, wanted),
      async make(folder) {
        await quietly(["python3", "-m", "venv", folder]);
        const pip = [pythonOf(folder), "-m", "pip", "install", "--disable-pip-version-check"];
        await quietly([...pip, "--quiet", requirement]);
      },
      otherwise,
    },
    reaper,
  );
  return join(home, "bin");
}

const pythonOf = (folder: string) => join(folder, "bin", "python");

/** Also false where the Python that it was made with has gone. */
function has(folder: string, wanted: PythonPackage): boolean {
  const [command, ...args] =
    "module" in wanted
      ? [pythonOf(folder), "-c", `import ${wanted.module}`]
      : [join(folder, "bin", wanted.program), "--version"];
  return existsSync(command!) && Bun.spawnSync([command!, ...args]).exitCode === 0;
}
