import { expect, test } from "bun:test";
import { link, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { allOf, keysUnder } from "./contract/subject.ts";
import { newPlace, openAt } from "./directory-place.ts";

const KEYS = Array.from({ length: 400 }, (_, index) => `folder/${index}`);

test("objects that get their first versions while they are listed are listed exactly once", async () => {
  const place = await newPlace();
  try {
    const { store, root } = place;
    await Promise.all(KEYS.map((key) => store.put(key, "one")));
    const reader = await openAt(root);
    let listings = 0;
    let done = false;
    const writing = (async () => {
      // Few at once, so that many listings fall between the first and the last.
      for (let at = 0; at < KEYS.length; at += 4) {
        await Promise.all(KEYS.slice(at, at + 4).map((key) => store.put(key, "two")));
      }
      done = true;
    })();
    while (!done) {
      expect(await keysUnder(reader, "")).toEqual([...KEYS].sort());
      const versions = await allOf(reader.versions({ folder: "folder" }));
      const ids = new Set(versions.map(({ key, versionId }) => `${key} ${versionId}`));
      expect(ids.size).toBe(versions.length);
      expect(new Set(versions.map(({ key }) => key)).size).toBe(KEYS.length);
      listings++;
    }
    await writing;
    expect(listings).toBeGreaterThan(1);
    expect((await allOf(reader.versions({ folder: "folder" }))).length).toBe(2 * KEYS.length);
  } finally {
    await place.drop();
  }
}, 60_000);

test("versions of long ago are listed exactly once, whether or not the plain file is there", async () => {
  const place = await newPlace();
  try {
    const { store, root } = place;
    const ids = ["00000001-1600000000000-0000", "00000002-1600000001000-aaaaaaaa"];
    for (const key of ["present", "missing", "deleted"]) {
      const folder = join(root, ".ddbr/versions", key);
      await mkdir(folder, { recursive: true });
      for (const id of ids) await writeFile(join(folder, id), id);
      if (key === "deleted") await writeFile(join(folder, "00000003-1600000002000-bbbbbbbb.deleted"), "");
      if (key === "present") await link(join(folder, ids[1]!), join(root, key));
    }
    await writeFile(join(root, "plain"), "x");
    expect(await keysUnder(store, "")).toEqual(["missing", "plain", "present"]);
    const versions = await allOf(store.versions({ folder: "" }));
    const counts = [...Map.groupBy(versions, ({ key }) => key)].map(([key, list]) => `${key} ${list.length}`);
    expect(counts.sort()).toEqual(["deleted 3", "missing 2", "plain 1", "present 2"]);
    expect(versions.find(({ key, deleted }) => key === "deleted" && deleted)?.modified).toBe(
      1_600_000_002_000,
    );
  } finally {
    await place.drop();
  }
});

test("objects deleted and written again while they are listed are listed at most once", async () => {
  const place = await newPlace();
  try {
    const { store, root } = place;
    const keys = KEYS.slice(0, 40);
    await Promise.all(keys.map((key) => store.put(key, "one")));
    const reader = await openAt(root);
    let done = false;
    const writing = (async () => {
      for (let round = 0; round < 6; round++) {
        await Promise.all(keys.map((key) => store.delete(key)));
        await Promise.all(keys.map((key) => store.put(key, "again")));
      }
      done = true;
    })();
    while (!done) {
      const listed = await keysUnder(reader, "");
      expect(new Set(listed).size).toBe(listed.length);
    }
    await writing;
    expect(await keysUnder(reader, "")).toEqual([...keys].sort());
  } finally {
    await place.drop();
  }
}, 60_000);
