import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installInCache } from "../../scripts/testbed/cached-install.ts";
import { TestBedFailure } from "../../scripts/testbed/failure.ts";
import { type Reaper, startReaper } from "../../scripts/testbed/reaper.ts";

const before = process.env.XDG_CACHE_HOME;
let reaper: Reaper;
let cache: string;

beforeAll(() => {
  reaper = startReaper();
});
afterAll(() => reaper.reap());
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "ddbr-cache-"));
  process.env.XDG_CACHE_HOME = cache;
});
afterEach(async () => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  await rm(cache, { recursive: true });
});

/** Something that is installed by writing one file. */
const tool = (make = (folder: string) => writeFile(join(folder, "tool"), "")) => ({
  what: "tool 1.2.3",
  isGood: (folder: string) => existsSync(join(folder, "tool")),
  make,
  otherwise: "TOOL to another",
});

describe("what is installed in the cache", () => {
  test("is installed once", async () => {
    const home = await installInCache(tool(), reaper);
    expect(home).toBe(join(cache, "ddbr", "tool-1.2.3"));
    expect(await readdir(home)).toEqual(["tool"]);
    const twice = () => Promise.reject(new Error("twice"));
    expect(await installInCache(tool(twice), reaper)).toBe(home);
  });

  test("is installed anew where it is broken", async () => {
    const home = await installInCache(tool(), reaper);
    await rm(join(home, "tool"));
    await writeFile(join(home, "rest"), "");
    await installInCache(tool(), reaper);
    expect(await readdir(home)).toEqual(["tool"]);
  });

  test("is not there when installing it failed", async () => {
    const fail = () => Promise.reject(new TestBedFailure("no network"));
    await expect(installInCache(tool(fail), reaper)).rejects.toThrow("no network");
    expect(existsSync(join(cache, "ddbr", "tool-1.2.3"))).toBe(false);
  });

  test("needs a folder, or what else there is", async () => {
    process.env.XDG_CACHE_HOME = join(cache, "file");
    await writeFile(join(cache, "file"), "");
    await expect(installInCache(tool(), reaper)).rejects.toThrow(
      /^cannot make a folder for tool 1\.2\.3: ENOTDIR.* Set XDG_CACHE_HOME to a folder you can write to, or TOOL to another\.$/,
    );
  });
});
