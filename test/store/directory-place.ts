import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDirectoryStore } from "../../src/core/store/directory/directory-store.ts";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import type { OpenedStore } from "./contract.ts";

export function openAt(path: string): Promise<ObjectStore> {
  return openDirectoryStore({ kind: "directory", text: path, path });
}

/** A store in a new directory, which is there, with what else is in it. */
export async function newPlace(): Promise<OpenedStore & { root: string }> {
  const root = await mkdtemp(join(tmpdir(), "ddbr-store-"));
  return {
    root,
    store: await openAt(root),
    reopen: () => openAt(root),
    drop: () => rm(root, { recursive: true, force: true }),
  };
}
