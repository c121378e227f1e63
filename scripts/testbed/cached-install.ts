import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { TestBedFailure } from "./failure.ts";
import type { Reaper } from "./reaper.ts";

export type CachedInstall = {
  /** What it is, with its version: for people, and its folder's name. */
  what: string;
  /** Whether a folder holds it, whole and working; also asked of one that isn't there. */
  isGood(folder: string): boolean;
  /** Installs it in an empty folder, which is moved when all is done. */
  make(folder: string): Promise<void>;
  /** What else can be done where no folder can be made. */
  otherwise?: string;
};

/** Returns the folder in the user's cache that holds something big; the first run installs it there. */
export async function installInCache(install: CachedInstall, reaper: Reaper): Promise<string> {
  const { what, isGood, make } = install;
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "ddbr");
  const home = join(cache, what.replace(/[^\w.]+/g, "-"));
  if (isGood(home)) return home;
  console.log(`test bed: installing ${what} in ${home}`);
  const draft = makeDraft(cache, install);
  // A run that is broken off leaves nothing half done behind.
  reaper.remove(draft);
  await make(draft);
  moveInto(home, draft, isGood);
  return home;
}

function makeDraft(cache: string, { what, otherwise }: CachedInstall): string {
  try {
    mkdirSync(cache, { recursive: true });
    return mkdtempSync(join(cache, "draft-"));
  } catch (error) {
    throw new TestBedFailure(
      `cannot make a folder for ${what}: ${(error as Error).message}. Set XDG_CACHE_HOME to a folder you can write to` +
        `${otherwise ? `, or ${otherwise}` : ""}.`,
    );
  }
}

/** Another run may have been quicker; what else is there is broken. */
function moveInto(home: string, draft: string, isGood: CachedInstall["isGood"]): void {
  try {
    renameSync(draft, home);
  } catch (error) {
    if (isGood(home)) return;
    if (!existsSync(home)) throw error;
    rmSync(home, { recursive: true });
    renameSync(draft, home);
  }
}
