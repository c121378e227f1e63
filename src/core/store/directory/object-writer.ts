import { closeSync } from "node:fs";
import { rename } from "node:fs/promises";
import { DdbrError } from "../../errors.ts";
import type { Metadata } from "../object-store.ts";
import { linkFile, linkNew, lookAt, NEW_FILE, openFile, removeFile, syncFile } from "./files.ts";
import type { FolderSync } from "./folder-sync.ts";
import { type Folders, makeFolder } from "./folders.ts";
import { type ObjectPaths, versionsFolder } from "./layout.ts";
import type { FinishedFile, TemporaryFiles } from "./temporary-files.ts";
import { fileOf, metadataFileOf, nextId, originalId, type VersionName } from "./version-name.ts";
import { hasVersions, versionFiles } from "./versions-of-key.ts";

const FILE_MODE = 0o600;

export interface WriterParts {
  folders: Folders;
  sync: FolderSync;
  temporary: TemporaryFiles;
}

/** Makes writes and deletions take effect. Many processes may do so at once, for one key too: nothing here is locked. */
export class ObjectWriter {
  readonly #folders: Folders;
  readonly #sync: FolderSync;
  readonly #temporary: TemporaryFiles;

  constructor({ folders, sync, temporary }: WriterParts) {
    this.#folders = folders;
    this.#sync = sync;
    this.#temporary = temporary;
  }

  /** Makes a finished file the object, and removes its temporary name, also on failure. Resolves with the version's id. */
  async commit(
    paths: ObjectPaths,
    file: FinishedFile,
    metadata: Metadata | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    try {
      signal?.throwIfAborted();
      const described = metadata !== undefined && Object.keys(metadata).length > 0;
      const first = described ? undefined : await this.#commitFirst(paths, file);
      return first ?? (await this.#commitVersion(paths, file, metadata, signal));
    } finally {
      await removeFile(file.path);
    }
  }

  /** Records that the object was deleted. Resolves with the deletion's id. */
  async delete(
    paths: ObjectPaths,
    metadata: Metadata | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    return this.#commitVersion(paths, undefined, metadata, signal);
  }

  /**
   * The first write of a key: a plain file and nothing else. Undefined when it isn't the first.
   * Who begins versions after the look at the end keeps this file among them; who began them before may have missed it.
   */
  async #commitFirst(paths: ObjectPaths, file: FinishedFile): Promise<string | undefined> {
    if (hasVersions(this.#folders, paths)) return undefined;
    if (!(await linkNew(file.path, paths.plain))) return undefined;
    const id = originalId(file.modifiedMs);
    if (hasVersions(this.#folders, paths)) {
      if (!(await this.#keepOriginal(paths, file.path, id))) return undefined;
      await this.#sync.sync(paths.versions);
      await this.#bringInLine(paths, (await versionFiles(paths)).names.at(-1)!);
    }
    await this.#sync.sync(paths.folder);
    return id;
  }

  async #commitVersion(
    paths: ObjectPaths,
    file: FinishedFile | undefined,
    metadata: Metadata | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    await this.#folders.make(versionsFolder(paths.folder));
    refuseWhatIsNoFile(paths, file === undefined);
    makeFolder(paths.versions);
    let files = await versionFiles(paths);
    if (files.names.length === 0 && lookAt(paths.plain)?.isFile()) {
      await this.#keepPlain(paths);
      files = await versionFiles(paths);
    }
    const { names, described } = files;
    await clearDescriptions(paths, names, described);
    const id = nextId(names);
    const version = { id, deleted: file === undefined };
    const note = await this.#describe(paths, id, metadata);
    try {
      signal?.throwIfAborted();
      const path = `${paths.versions}/${fileOf(version)}`;
      if (file === undefined) await createMark(path);
      else await linkFile(file.path, path);
    } catch (error) {
      if (note !== undefined) await removeFile(`${paths.versions}/${metadataFileOf(id)}`);
      throw error;
    } finally {
      // Not before the version is there: a description of which this is left is the one of a write under way.
      if (note !== undefined) await removeFile(note);
    }
    await Promise.all([
      this.#sync.sync(paths.versions),
      names.length > 1 ? undefined : this.#sync.sync(versionsFolder(paths.folder)),
      this.#bringInLine(paths, version),
    ]);
    return id;
  }

  /**
   * Keeps the plain file of an object without versions as its first one. The file is held by a name of its own before a second look
   * for versions: when there are none then, it is no other's newer version but the original.
   */
  async #keepPlain(paths: ObjectPaths): Promise<void> {
    const held = await this.#temporary.name(paths.folder);
    try {
      await linkFile(paths.plain, held);
      const found = lookAt(held);
      if (!found?.isFile() || (await versionFiles(paths)).names.length > 0) return;
      await linkNew(held, `${paths.versions}/${originalId(found.mtimeMs)}`);
    } finally {
      await removeFile(held);
    }
  }

  /** Keeps one's own first write as a version, unless another has. False when that id is another file's. */
  async #keepOriginal(paths: ObjectPaths, path: string, id: string): Promise<boolean> {
    const kept = `${paths.versions}/${id}`;
    return (await linkNew(path, kept)) || lookAt(kept)?.ino === lookAt(path)?.ino;
  }

  /** Writes a version's metadata. Resolves with a second name of it, to be removed when the version is there. */
  async #describe(
    paths: ObjectPaths,
    id: string,
    metadata: Metadata | undefined,
  ): Promise<string | undefined> {
    if (metadata === undefined || Object.keys(metadata).length === 0) return undefined;
    const { path } = await this.#temporary.write(paths.folder, Buffer.from(JSON.stringify(metadata)));
    try {
      await linkFile(path, `${paths.versions}/${metadataFileOf(id)}`);
      return path;
    } catch (error) {
      await removeFile(path);
      throw error;
    }
  }

  /** Makes the plain file what the last version is. It may be behind meanwhile: readers go by the versions. */
  async #bringInLine(paths: ObjectPaths, committed: VersionName): Promise<void> {
    for (let version = committed; ; ) {
      if (!version.deleted) await this.#replacePlain(paths, version);
      else if (lookAt(paths.plain)?.isFile()) await removeFile(paths.plain);
      const newest = (await versionFiles(paths)).names.at(-1)!;
      if (newest.id === version.id) return;
      version = newest;
    }
  }

  async #replacePlain(paths: ObjectPaths, version: VersionName): Promise<void> {
    const name = await this.#temporary.name(paths.folder);
    await linkFile(`${paths.versions}/${fileOf(version)}`, name);
    try {
      await rename(name, paths.plain);
    } finally {
      // It stays where both names are of one file already.
      await removeFile(name);
    }
  }
}

function refuseWhatIsNoFile({ plain }: ObjectPaths, deleting: boolean): void {
  const found = lookAt(plain);
  if (found === undefined || found.isFile() || (deleting && found.isDirectory())) return;
  const what = found.isDirectory() ? "a directory" : found.isSymbolicLink() ? "a symbolic link" : "no file";
  throw new DdbrError("file", `is ${what}, so no object can be there`, {
    subject: plain,
    hint: "rename or remove it",
  });
}

/** Removes metadata of versions that were never made, of writers that are gone. */
async function clearDescriptions(paths: ObjectPaths, names: VersionName[], described: string[]) {
  for (const id of described) {
    if (names.some((name) => name.id === id)) continue;
    const path = `${paths.versions}/${metadataFileOf(id)}`;
    // A writer at work still has its second name for it; one that has not any more has made the version since.
    if (lookAt(path)?.nlink !== 1) continue;
    const made = [false, true].some((deleted) => lookAt(`${paths.versions}/${fileOf({ id, deleted })}`));
    if (!made) await removeFile(path);
  }
}

async function createMark(path: string): Promise<void> {
  const fd = await openFile(path, NEW_FILE, FILE_MODE);
  try {
    await syncFile(fd);
  } finally {
    closeSync(fd);
  }
}
