import { statSync } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DdbrError } from "../errors.ts";
import { toFileError, withFileErrors } from "../store/directory/file-failure.ts";
import { closeFile, linkNew, openPlain, readPiece, removeFile } from "../store/directory/files.ts";
import { folderEntries } from "../store/directory/folder-entries.ts";
import { FolderSync } from "../store/directory/folder-sync.ts";
import { Folders } from "../store/directory/folders.ts";
import { checkDirectoryKey, OWN_FOLDER } from "../store/directory/layout.ts";
import { type FinishedFile, TemporaryFiles } from "../store/directory/temporary-files.ts";
import { keyProblem, type StoreLocation } from "../store/store-location.ts";
import type { StatePlace } from "./state-place.ts";

type DirectoryLocation = StoreLocation & { kind: "directory" };

/**
 * The state of a job as plain files, on this machine or on a file system that many have mounted: unlike in the directory store
 * no versions are kept, of what changes every few seconds. The directory is made at the first write.
 * @throws DdbrError `file` when something else is there
 */
export async function openDirectoryPlace(location: DirectoryLocation): Promise<StatePlace> {
  await withFileErrors(location.text, async () => {
    const found = statSync(location.path, { throwIfNoEntry: false });
    if (found === undefined || found.isDirectory()) return;
    throw new DdbrError("file", "is no directory", { subject: location.text, hint: "name a directory" });
  });
  return new DirectoryPlace(location);
}

class DirectoryPlace implements StatePlace {
  readonly location: DirectoryLocation;
  readonly #root: string;
  readonly #sync = new FolderSync();
  readonly #folders: Folders;
  readonly #temporary: TemporaryFiles;

  constructor(location: DirectoryLocation) {
    this.location = location;
    this.#root = join(location.path, ".");
    this.#folders = new Folders(this.#root, this.#sync);
    this.#temporary = new TemporaryFiles(this.#folders);
  }

  putNew(key: string, body: Uint8Array, signal?: AbortSignal): Promise<boolean> {
    return this.#write(key, body, signal, async (file, path) => {
      if (await linkNew(file.path, path)) return true;
      // On a network file system the answer to link(2) may be lost, and then it is asked again.
      return (await readWhole(path))?.equals(body) ?? false;
    });
  }

  async put(key: string, body: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#write(key, body, signal, (file, path) => rename(file.path, path));
  }

  get(key: string, signal?: AbortSignal): Promise<Buffer | undefined> {
    return this.#request(key, signal, async (path) =>
      this.#folders.isFolder(dirname(path)) ? readWhole(path) : undefined,
    );
  }

  delete(key: string, signal?: AbortSignal): Promise<void> {
    return this.#request(key, signal, async (path) => {
      if (this.#folders.isFolder(dirname(path))) await removeFile(path);
    });
  }

  async *list(folder: string, signal?: AbortSignal): AsyncGenerator<string[]> {
    if (folder !== "") checkDirectoryKey(folder);
    try {
      const waiting = [folder];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (!this.#folders.isFolder(this.#path(next))) continue;
        for await (const entries of folderEntries(this.#path(next))) {
          signal?.throwIfAborted();
          const prefix = next === "" ? "" : `${next}/`;
          const named = entries.filter(({ name }) => name !== OWN_FOLDER && !keyProblem(prefix + name));
          const of = (kind: string) => named.filter((entry) => entry.kind === kind);
          for (const { name } of of("folder")) waiting.push(prefix + name);
          yield of("file").map(({ name }) => prefix + name);
        }
      }
    } catch (error) {
      throw toFileError(error, this.#subject(folder));
    }
  }

  close(): void {}

  /** Makes a whole and durable file of it, for `place` to give its name to, durably too. */
  #write<Result>(
    key: string,
    body: Uint8Array,
    signal: AbortSignal | undefined,
    place: (file: FinishedFile, path: string) => Promise<Result>,
  ): Promise<Result> {
    return this.#request(key, signal, async (path) => {
      const folder = dirname(path);
      await this.#folders.make(folder);
      const file = await this.#temporary.write(this.#root, body);
      try {
        const result = await place(file, path);
        // Also when it was there: who created it may not have come to this yet.
        await this.#sync.sync(folder);
        return result;
      } finally {
        await removeFile(file.path);
      }
    });
  }

  async #request<Result>(
    key: string,
    signal: AbortSignal | undefined,
    action: (path: string) => Promise<Result>,
  ): Promise<Result> {
    checkDirectoryKey(key);
    signal?.throwIfAborted();
    try {
      return await action(this.#path(key));
    } catch (error) {
      throw toFileError(error, this.#subject(key));
    }
  }

  #path(key: string): string {
    return key === "" ? this.#root : `${this.#root}/${key}`;
  }

  #subject(key: string): string {
    return key === "" ? this.location.text : `${this.location.text}/${key}`;
  }
}

async function readWhole(path: string): Promise<Buffer | undefined> {
  const file = await openPlain(path);
  if (file === undefined) return undefined;
  try {
    return await readPiece(file.fd, 0, file.size);
  } finally {
    await closeFile(file.fd);
  }
}
