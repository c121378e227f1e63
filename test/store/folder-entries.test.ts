import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allEntries, folderEntries } from "../../src/core/store/directory/folder-entries.ts";
import { systemReadEntries } from "../../src/core/store/directory/system-entries.ts";
import { allOf } from "./contract/subject.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "ddbr-entries-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("the system's own reading finds what opendir finds", async () => {
  const folder = join(root, "large");
  await mkdir(join(folder, "sub"), { recursive: true });
  await symlink("sub", join(folder, "link"));
  const names = Array.from({ length: 3_000 }, (_, index) => `${index}-${"n".repeat(index % 200)}-ä🦊`);
  await Promise.all(names.map((name) => writeFile(join(folder, name), "")));
  const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
  const expected = (await allOf(allEntries(folder))).sort(byName);
  expect(expected.length).toBe(3_001);
  expect((await allOf(folderEntries(folder))).sort(byName)).toEqual(expected);
});

test("on Linux a folder is read piece by piece", async () => {
  expect((await systemReadEntries()) !== undefined).toBe(process.platform === "linux");
});

test("a folder removed while it is read ends", async () => {
  const folder = join(root, "removed");
  await mkdir(folder);
  await Promise.all(Array.from({ length: 3_000 }, (_, index) => writeFile(join(folder, `${index}`), "")));
  let pieces = 0;
  for await (const _ of folderEntries(folder)) {
    if (pieces++ === 0) await rm(folder, { recursive: true });
  }
  expect(pieces).toBeGreaterThan(0);
});

test("an absent folder and a link to one have no entries", async () => {
  await symlink(tmpdir(), join(root, "link"));
  expect(await allOf(folderEntries(join(root, "absent")))).toEqual([]);
  expect(await allOf(folderEntries(join(root, "link")))).toEqual([]);
});
