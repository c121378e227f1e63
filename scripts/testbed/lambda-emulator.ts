import { accessSync, constants } from "node:fs";
import { chmod, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { installInCache } from "./cached-install.ts";
import { quietly } from "./quietly.ts";
import type { Reaper } from "./reaper.ts";

/** SAM's command line, which carries AWS's runtime interface emulator. PyPI has it. */
const SAM = "aws-sam-cli==1.170.0";
const CARRIED = "samcli/local/rapid";
const PROGRAM = "aws-lambda-rie";

/**
 * Returns AWS's own emulator of Lambda, a program in the user's cache; the first run installs it.
 * pip's own settings say where it comes from.
 */
export async function installEmulator(reaper: Reaper): Promise<string> {
  const home = await installInCache({ what: `${PROGRAM} of ${SAM}`, isGood, make }, reaper);
  return join(home, PROGRAM);
}

function isGood(home: string): boolean {
  try {
    accessSync(join(home, PROGRAM), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Debian's own Python has pip in virtual environments only. Of what pip unpacks one program stays. */
async function make(folder: string): Promise<void> {
  const [venv, unpacked] = [join(folder, "venv"), join(folder, "unpacked")];
  await quietly(["python3", "-m", "venv", venv]);
  await quietly([
    ...[join(venv, "bin", "python"), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"],
    ...["--no-deps", "--no-compile", "--only-binary=:all:", "--target", unpacked, SAM],
  ]);
  const architecture = process.arch === "arm64" ? "arm64" : "x86_64";
  await rename(join(unpacked, CARRIED, `${PROGRAM}-${architecture}`), join(folder, PROGRAM));
  await chmod(join(folder, PROGRAM), 0o755);
  await Promise.all([venv, unpacked].map((part) => rm(part, { recursive: true })));
}
