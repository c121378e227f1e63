import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { DdbrError, describeError } from "../../src/core/errors.ts";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { allOf, failureOf, keysUnder, textOf, versionsOf } from "./contract/subject.ts";
import { newPlace, openAt } from "./directory-place.ts";

let place: Awaited<ReturnType<typeof newPlace>>;
let root: string;
let store: ObjectStore;

beforeEach(async () => {
  place = await newPlace();
  ({ root, store } = place);
});
afterEach(() => place.drop());

async function fileFailure(action: () => Promise<unknown>): Promise<string> {
  const failure = await failureOf(action);
  expect(failure).toBeInstanceOf(DdbrError);
  expect((failure as DdbrError).code).toBe("file");
  const line = describeError(failure);
  expect(line).not.toContain("\n");
  expect(line).toStartWith(root);
  return line;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}

test("an object is a plain file that its owner alone can read, and nothing else", async () => {
  await store.put("folder/sub/a", "content");
  expect(await readFile(join(root, "folder/sub/a"), "utf8")).toBe("content");
  expect((await lstat(join(root, "folder/sub/a"))).mode & 0o777).toBe(0o600);
  expect((await lstat(join(root, "folder"))).mode & 0o777).toBe(0o700);
  expect(await filesIn(root)).toEqual(["a"]);
});

test("the plain file follows the newest version", async () => {
  await store.put("a", "one");
  await store.put("a", "two");
  expect(await readFile(join(root, "a"), "utf8")).toBe("two");
  await store.delete("a");
  expect(await failureOf(() => lstat(join(root, "a")))).toBeDefined();
  await store.put("a", "three", { metadata: { n: "3" } });
  expect(await readFile(join(root, "a"), "utf8")).toBe("three");
});

test("files that others put there are objects, with versions once they are overwritten", async () => {
  await mkdir(join(root, "folder/sub"), { recursive: true });
  await writeFile(join(root, "folder/sub/a"), "foreign");
  await utimes(join(root, "folder/sub/a"), 1_700_000_000.123, 1_700_000_000.123);
  expect(await keysUnder(store, "")).toEqual(["folder/sub/a"]);
  const found = (await store.get("folder/sub/a"))!;
  expect(found.body.toString()).toBe("foreign");
  expect(found.modified).toBe(1_700_000_000_123);
  await store.put("folder/sub/a", "ours");
  const versions = await versionsOf(store, "folder/sub/a");
  expect(versions.map(({ size }) => size)).toEqual([4, 7]);
  expect(versions[1]).toMatchObject({ versionId: found.versionId, modified: found.modified });
  expect(await textOf(store, "folder/sub/a", found.versionId)).toBe("foreign");
});

test("a foreign file deleted through the store is still there as a version", async () => {
  await writeFile(join(root, "a"), "foreign");
  await store.delete("a", { metadata: { event: "REMOVE" } });
  expect(await store.get("a")).toBeUndefined();
  const [deletion, original] = await versionsOf(store, "a");
  expect(deletion?.deleted).toBe(true);
  expect(await textOf(store, "a", original!.versionId)).toBe("foreign");
});

test("a store opened further down sees the same versions", async () => {
  const inner = await openAt(join(root, "a"));
  const ids = [
    (await store.put("a/b/c", "one")).versionId,
    (await inner.put("b/c", "two", { metadata: { n: "2" } })).versionId,
    (await store.delete("a/b/c")).versionId,
    (await inner.put("b/c", "four")).versionId,
  ];
  const outside = await versionsOf(store, "a/b/c");
  const inside = await versionsOf(inner, "b/c");
  expect(outside.map(({ versionId }) => versionId)).toEqual([...ids].reverse() as string[]);
  expect(inside).toEqual(outside.map((version) => ({ ...version, key: "b/c" })));
  expect(await inner.metadata("b/c", ids[1]!)).toEqual({ n: "2" });
  expect(await keysUnder(inner, "")).toEqual(["b/c"]);
});

test("a write cut off after it took effect is seen, whatever the plain file is", async () => {
  await store.put("behind", "one");
  await store.put("behind", "two");
  await store.put("missing", "one");
  await store.delete("missing");
  const { versionId } = await store.put("missing", "three");
  await store.put("deleted", "one");
  await store.delete("deleted");
  // As a kill would leave them: the plain file of the version before.
  const original = (await versionsOf(store, "behind"))[1]!.versionId;
  await rm(join(root, "behind"));
  await link(join(root, ".ddbr/versions/behind", original), join(root, "behind"));
  await rm(join(root, "missing"));
  await writeFile(join(root, "deleted"), "one");

  const other = await openAt(root);
  expect(await textOf(other, "behind")).toBe("two");
  expect(await textOf(other, "missing")).toBe("three");
  expect((await other.get("missing"))?.versionId).toBe(versionId);
  expect(await other.get("deleted")).toBeUndefined();
  expect(await keysUnder(other, "")).toEqual(["behind", "missing"]);
  const versions = Map.groupBy(await allOf(other.versions({ folder: "" })), ({ key }) => key);
  expect([...versions].map(([key, list]) => [key, list.length]).sort()).toEqual([
    ["behind", 2],
    ["deleted", 2],
    ["missing", 3],
  ]);
  await other.put("behind", "three");
  expect(await readFile(join(root, "behind"), "utf8")).toBe("three");
});

test("symbolic links are no objects, and nothing is read or written through them", async () => {
  const outside = await newPlace();
  try {
    await writeFile(join(outside.root, "secret"), "secret");
    await symlink(join(outside.root, "secret"), join(root, "file-link"));
    await symlink(outside.root, join(root, "folder-link"));
    await symlink("absent", join(root, "dangling"));
    await store.put("real", "x");

    expect(await keysUnder(store, "")).toEqual(["real"]);
    expect(await keysUnder(store, "folder-link")).toEqual([]);
    expect((await allOf(store.versions({ folder: "" }))).map(({ key }) => key)).toEqual(["real"]);
    for (const key of ["file-link", "folder-link", "folder-link/secret", "dangling"]) {
      expect(await store.get(key)).toBeUndefined();
      expect(await store.read(key)).toBeUndefined();
      expect(await versionsOf(store, key)).toEqual([]);
      for (const write of [() => store.put(key, "gone"), () => store.delete(key)]) {
        expect(await fileFailure(write)).toContain("symbolic link");
      }
    }
    expect(await fileFailure(() => store.upload("folder-link/secret"))).toContain("symbolic link");
    expect(await readFile(join(outside.root, "secret"), "utf8")).toBe("secret");
    expect(await readdir(outside.root)).toEqual(["secret"]);
    expect(await readlink(join(root, "file-link"))).toBe(join(outside.root, "secret"));
  } finally {
    await outside.drop();
  }
});

test("a link in place of the folder for versions is refused", async () => {
  const outside = await newPlace();
  try {
    await store.put("a", "one");
    await rm(join(root, ".ddbr"), { recursive: true });
    await symlink(outside.root, join(root, ".ddbr"));
    const other = await openAt(root);
    expect(await fileFailure(() => other.put("a", "two"))).toContain("symbolic link");
    expect(await textOf(other, "a")).toBe("one");
    expect(await readdir(outside.root)).toEqual([]);
  } finally {
    await outside.drop();
  }
});

test("pipes and what else is no file are passed over", async () => {
  const made = Bun.spawnSync(["mkfifo", join(root, "pipe")]);
  expect(made.exitCode).toBe(0);
  expect(await store.get("pipe")).toBeUndefined();
  expect(await store.read("pipe")).toBeUndefined();
  expect(await keysUnder(store, "")).toEqual([]);
  expect(await fileFailure(() => store.put("pipe", "x"))).toContain("is no file");
});

test("the folder for versions is no part of a key", async () => {
  await store.put("a", "one");
  await store.put("a", "two");
  for (const key of [".ddbr", ".ddbr/versions/a", "folder/.ddbr", "folder/.ddbr/tmp/x"]) {
    for (const action of [
      () => store.put(key, "x"),
      () => store.get(key),
      () => store.delete(key),
      () => store.upload(key),
      () => allOf(store.list(key)),
      () => allOf(store.versions({ key })),
      () => allOf(store.versions({ folder: key })),
    ]) {
      const failure = await failureOf(action);
      expect((failure as DdbrError).code).toBe("location");
      expect(describeError(failure)).toContain('the name ".ddbr"');
    }
  }
  await store.put(".ddbr2/a", "x");
  expect(await keysUnder(store, "")).toEqual([".ddbr2/a", "a"]);
});

test("ids that are none of the store's, hostile ones too, are absent versions", async () => {
  await writeFile(join(root, "..", "outside"), "secret");
  await store.put("a", "one");
  await store.put("a", "two");
  for (const id of ["null", "", "..", "../../../a", "../../../../outside", "00000001", "\0"]) {
    expect(await store.get("a", id)).toBeUndefined();
    expect(await store.metadata("a", id)).toBeUndefined();
  }
  await rm(join(root, "..", "outside"));
});

test("files whose names can be no key are passed over", async () => {
  await writeFile(join(root, "line\nbreak"), "x");
  await writeFile(join(root, "fine"), "x");
  expect(await keysUnder(store, "")).toEqual(["fine"]);
});

test("a directory cannot be an object, nor a file a folder", async () => {
  await store.put("a/b", "x");
  expect(await fileFailure(() => store.put("a", "y"))).toContain("is a directory");
  expect(await fileFailure(() => store.put("a/b/c", "y"))).toContain("is a file");
  expect(await store.get("a/b/c")).toBeUndefined();
  expect(await textOf(store, "a/b")).toBe("x");
  // Deleted objects are in nobody's way.
  await store.delete("a/b");
  await store.put("a/b/c", "y");
  expect(await keysUnder(store, "")).toEqual(["a/b/c"]);
  await store.delete("a/b");
  expect(await textOf(store, "a/b/c")).toBe("y");
});

test("a name that the file system cannot hold is a clear failure", async () => {
  expect(await fileFailure(() => store.put("n".repeat(256), "x"))).toContain("longer than this file system");
  expect(await store.get("n".repeat(256))).toBeUndefined();
});

test("a directory that isn't there is empty, and made at the first write", async () => {
  const path = join(root, "not/yet/there");
  const later = await openAt(path);
  expect(await keysUnder(later, "")).toEqual([]);
  expect(await later.get("a")).toBeUndefined();
  expect(await versionsOf(later, "a")).toEqual([]);
  expect(await readdir(root)).toEqual([]);
  await later.put("a", "one");
  expect(await textOf(later, "a")).toBe("one");
});

test("a file in place of the directory is refused", async () => {
  await writeFile(join(root, "file"), "x");
  expect(await fileFailure(() => openAt(join(root, "file")))).toContain("is no directory");
});

test("a directory that may not be written or read is a clear failure", async () => {
  await writeFile(join(root, "a"), "one");
  await chmod(join(root, "a"), 0o644);
  const nobody = 65_534;
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) await chown(root, nobody, nobody);
  try {
    await chmod(root, 0o500);
    if (isRoot) process.seteuid?.(nobody);
    for (const write of [() => store.put("b", "x"), () => store.delete("a"), () => store.upload("b")]) {
      expect(await fileFailure(write)).toContain("no permission");
    }
    expect(await textOf(store, "a")).toBe("one");
    expect(await keysUnder(store, "")).toEqual(["a"]);
    await chmod(root, 0o000);
    expect(await fileFailure(() => store.get("a"))).toContain("no permission");
    expect(await fileFailure(() => keysUnder(store, ""))).toContain("no permission");
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(root, 0o700);
  }
});

test("a directory removed under a store is made again", async () => {
  await store.put("folder/a", "one");
  await rm(join(root, "folder"), { recursive: true });
  expect(await store.get("folder/a")).toBeUndefined();
  await store.put("folder/a", "two");
  expect(await textOf(store, "folder/a")).toBe("two");
});

test("temporary files of others are left alone, until their process is gone or a day is over", async () => {
  await store.put("a", "x");
  const folder = join(root, ".ddbr/tmp");
  const upload = await store.upload("b");
  const [own = ""] = await readdir(folder);
  const [host, pid, start] = own.split("~");
  const ended = Bun.spawnSync(["true"]).pid;
  const names = {
    live: `${host}~${pid}~${start}~aa`,
    gone: `${host}~${ended}~${start}~bb`,
    reused: `${host}~${pid}~${start}0~cc`,
    elsewhere: `0123456789ab~${ended}~1~dd`,
    elsewhereOld: `0123456789ab~${ended}~1~ee`,
    unknown: "something",
  };
  for (const name of Object.values(names)) await writeFile(join(folder, name), "");
  const before = Date.now() / 1000 - 25 * 60 * 60;
  for (const name of [names.live, names.elsewhereOld]) await utimes(join(folder, name), before, before);

  await (await openAt(root)).put("c", "x");
  expect((await readdir(folder)).sort()).toEqual([own, names.live, names.elsewhere, names.unknown].sort());
  await upload.complete();
  expect(await keysUnder(store, "")).toEqual(["a", "b", "c"]);
});

test("damaged metadata is a clear failure", async () => {
  const { versionId } = await store.put("a", "one", { metadata: { n: "1" } });
  await writeFile(join(root, ".ddbr/versions/a", `${versionId}.json`), '["n"]');
  const failure = await failureOf(() => store.get("a"));
  expect((failure as DdbrError).code).toBe("damaged");
  expect(describeError(failure)).toContain("holds no metadata");
});
