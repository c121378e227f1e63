import { randomBytes } from "node:crypto";
import { closeSync, futimesSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { errnoOf } from "./file-failure.ts";
import { lookAt, NEW_FILE, openFile, removeFile, syncFile, writeAll } from "./files.ts";
import { folderEntries } from "./folder-entries.ts";
import type { Folders } from "./folders.ts";
import { temporaryFolder } from "./layout.ts";
import { hasEnded, ownIdentity, type ProcessIdentity } from "./process-identity.ts";

const FILE_MODE = 0o600;
const DAY_MS = 24 * 60 * 60 * 1000;
/** `<host>~<pid>~<start>~<random>` */
const NAME = /^([0-9a-f]{12})~(\d+)~([0-9a-f]*)~[0-9a-f]+$/;

/** A file that nobody reads yet. */
export interface TemporaryFile {
  path: string;
  fd: number;
}

/** A whole and durable file, ready to be linked to where it belongs. */
export interface FinishedFile {
  path: string;
  modifiedMs: number;
}

/** Files that become objects when they are whole. What processes that have ended left is cleared away. */
export class TemporaryFiles {
  readonly #folders: Folders;
  readonly #own = ownIdentity();
  readonly #series = randomBytes(4).toString("hex");
  readonly #preparing = new Map<string, Promise<void>>();
  readonly #clearedBeside = new Set<string>();
  #count = 0;

  constructor(folders: Folders) {
    this.#folders = folders;
  }

  /** Opens a new one for an object in that folder, which is made. */
  async create(folder: string): Promise<TemporaryFile> {
    const path = await this.name(folder);
    try {
      return { path, fd: await openFile(path, NEW_FILE, FILE_MODE) };
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
    this.#folders.forget();
    await this.#folders.make(temporaryFolder(folder));
    return { path, fd: await openFile(path, NEW_FILE, FILE_MODE) };
  }

  /** One with that content. */
  async write(folder: string, bytes: Uint8Array): Promise<FinishedFile> {
    const file = await this.create(folder);
    try {
      await writeAll(file.fd, bytes);
    } catch (error) {
      closeSync(file.fd);
      await removeFile(file.path);
      throw error;
    }
    return this.finish(file);
  }

  /** Makes it durable and closes it; on failure it is gone. */
  async finish({ path, fd }: TemporaryFile): Promise<FinishedFile> {
    try {
      // The system's own time of a write lies up to some milliseconds back: before what happened before it.
      const modifiedMs = Date.now();
      futimesSync(fd, modifiedMs / 1000, modifiedMs / 1000);
      await syncFile(fd);
      return { path, modifiedMs };
    } catch (error) {
      await removeFile(path);
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  /** A new name beside them, for a link. */
  async name(folder: string): Promise<string> {
    const place = temporaryFolder(folder);
    if (!this.#folders.isKnown(place)) await this.#prepare(folder, place);
    const { host, pid, start } = this.#own;
    return `${place}/${host}~${pid}~${start}~${this.#series}${(this.#count++).toString(16).padStart(8, "0")}`;
  }

  #prepare(folder: string, place: string): Promise<void> {
    const preparing =
      this.#preparing.get(place) ??
      this.#folders
        .make(place)
        .then(() => this.clear(folder))
        .then(() => this.#clearBeside(folder))
        .finally(() => this.#preparing.delete(place));
    this.#preparing.set(place, preparing);
    return preparing;
  }

  /** Removes what nobody is going to complete. */
  async clear(folder: string): Promise<void> {
    const place = temporaryFolder(folder);
    if (!this.#folders.isFolder(place)) return;
    for (const name of await readdir(place)) {
      if (this.#isLeft(name, `${place}/${name}`)) await removeFile(`${place}/${name}`);
    }
  }

  /**
   * Removes the same from the folders of other names at the same place: of `a/data` from `b/data`, `c/data`, and so on. One with
   * a random name may never be written again.
   */
  async #clearBeside(folder: string): Promise<void> {
    const { root } = this.#folders;
    const [, ...below] = relative(root, folder).split("/");
    const place = below.join("/");
    if (folder === root || this.#clearedBeside.has(place)) return;
    this.#clearedBeside.add(place);
    try {
      for await (const entries of folderEntries(root)) {
        for (const { name, kind } of entries) {
          if (kind === "folder") await this.clear(join(root, name, place)).catch(() => {});
        }
      }
    } catch {
      // It may be another user's: what this run writes doesn't depend on it.
    }
  }

  #isLeft(name: string, path: string): boolean {
    const owner = ownerOf(name);
    if (owner?.host === this.#own.host) {
      const own = owner.pid === this.#own.pid && owner.start === this.#own.start;
      return !own && hasEnded(owner);
    }
    const found = lookAt(path);
    return found?.isFile() === true && Date.now() - found.mtimeMs > DAY_MS;
  }
}

function ownerOf(name: string): ProcessIdentity | undefined {
  const [, host, pid, start] = NAME.exec(name) ?? [];
  if (host === undefined || pid === undefined || start === undefined) return undefined;
  return { host, pid: Number(pid), start };
}
