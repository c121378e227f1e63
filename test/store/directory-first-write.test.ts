import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FolderSync } from "../../src/core/store/directory/folder-sync.ts";
import { Folders } from "../../src/core/store/directory/folders.ts";
import { objectPaths } from "../../src/core/store/directory/layout.ts";
import { ObjectWriter } from "../../src/core/store/directory/object-writer.ts";
import { TemporaryFiles } from "../../src/core/store/directory/temporary-files.ts";
import { textOf, versionsOf } from "./contract/subject.ts";
import { newPlace } from "./directory-place.ts";

/** Lets another writer act right after the first look for versions, which finds none. */
class FoldersWithOther extends Folders {
  readonly #act: () => void;
  #acted = false;

  constructor(root: string, sync: FolderSync, act: () => void) {
    super(root, sync);
    this.#act = act;
  }

  override isFolder(path: string): boolean {
    const is = super.isFolder(path);
    if (!this.#acted && path.endsWith("/.ddbr/versions")) {
      this.#acted = true;
      this.#act();
    }
    return is;
  }
}

async function firstWriteBeside(otherVersions: (ids: { older: string; newer: string }) => string[]) {
  const place = await newPlace();
  try {
    const { root, store } = place;
    const ids = {
      older: "00000001-1600000000000-aaaaaaaa",
      newer: `00000001-${Date.now() + 60_000}-aaaaaaaa`,
    };
    const others = otherVersions(ids);
    const sync = new FolderSync();
    const folders = new FoldersWithOther(root, sync, () => {
      mkdirSync(join(root, ".ddbr/versions/a"), { recursive: true });
      for (const id of others) writeFileSync(join(root, ".ddbr/versions/a", id), "other");
    });
    const temporary = new TemporaryFiles(folders);
    const writer = new ObjectWriter({ folders, sync, temporary });
    const file = await temporary.write(root, Buffer.from("own"));
    const id = await writer.commit(objectPaths(root, "a"), file, undefined, undefined);

    expect(await textOf(store, "a", id)).toBe("own");
    const found = (await versionsOf(store, "a")).map(({ versionId }) => versionId);
    expect([...found].sort()).toEqual([id, ...others].sort());
    const current = await textOf(store, "a");
    expect(readFileSync(join(root, "a"), "utf8")).toBe(current!);
    return current;
  } finally {
    await place.drop();
  }
}

test("a first write keeps its version when another's versions begin under it", async () => {
  expect(await firstWriteBeside(({ newer }) => [newer])).toBe("other");
  expect(await firstWriteBeside(({ older }) => [older])).toBe("own");
});

test("a first write keeps its version when another has only begun", async () => {
  expect(await firstWriteBeside(() => [])).toBe("own");
});
