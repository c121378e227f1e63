import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { TestBedFailure } from "./failure.ts";
import { quietly } from "./quietly.ts";
import type { Reaper } from "./reaper.ts";

const REQUIREMENT = "moto[server]==5.2.5";

/**
 * Returns a Python that has moto, from a virtual environment in the user's cache folder that the first run makes.
 * pip's own settings (PIP_INDEX_URL and the like) say where packages come from.
 */
export async function installMoto(reaper: Reaper): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "ddbr");
  const home = join(cache, REQUIREMENT.replace(/[^\w.]+/g, "-"));
  const python = join(home, "bin", "python");
  if (hasMoto(python)) return python;
  console.log(`test bed: installing ${REQUIREMENT} in ${home}`);
  const draft = makeDraft(cache);
  // A run that is broken off leaves nothing half done behind.
  reaper.remove(draft);
  await quietly(["python3", "-m", "venv", draft]);
  const pip = [join(draft, "bin", "python"), "-m", "pip", "install", "--disable-pip-version-check"];
  await quietly([...pip, "--quiet", REQUIREMENT]);
  moveInto(home, draft, () => hasMoto(python));
  return python;
}

/** Also false where the Python that it was made with has gone. */
function hasMoto(python: string): boolean {
  return existsSync(python) && Bun.spawnSync([python, "-c", "import moto.server"]).exitCode === 0;
}

function makeDraft(cache: string): string {
  try {
    mkdirSync(cache, { recursive: true });
    return mkdtempSync(join(cache, "draft-"));
  } catch (error) {
    throw new TestBedFailure(
      `cannot make a folder for moto: ${(error as Error).message}. Set XDG_CACHE_HOME to a folder you can write to, ` +
        "or DDBR_TEST_AWS to the address of a server to use instead.",
    );
  }
}

/** Another run may have been quicker; what else is there is broken. */
function moveInto(home: string, draft: string, isGood: () => boolean): void {
  try {
    renameSync(draft, home);
  } catch (error) {
    if (isGood()) return;
    if (!existsSync(home)) throw error;
    rmSync(home, { recursive: true });
    renameSync(draft, home);
  }
}
