import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DdbrError } from "../../errors.ts";
import { errnoOf } from "./file-failure.ts";
import { lookAt } from "./files.ts";
import type { FolderSync } from "./folder-sync.ts";

/** Readable by their owner alone, as all files of this project. */
const FOLDER_MODE = 0o700;
const MOST_REMEMBERED = 10_000;

/** The folders under a root. None of them is ever reached through a symbolic link; the root itself may be one. */
export class Folders {
  readonly root: string;
  readonly #sync: FolderSync;
  /** Known to be folders. */
  readonly #known = new Set<string>();
  /** Being made durable. */
  readonly #making = new Map<string, Promise<void>>();

  constructor(root: string, sync: FolderSync) {
    this.root = root;
    this.#sync = sync;
  }

  /** Whether that is a folder, reached through folders only. */
  isFolder(path: string): boolean {
    if (this.#known.has(path) || path === this.root) return true;
    if (!this.isFolder(dirname(path)) || !lookAt(path)?.isDirectory()) return false;
    this.#remember(path);
    return true;
  }

  isKnown(path: string): boolean {
    return this.#known.has(path);
  }

  /** Makes the folder, and those above it, durably. @throws DdbrError `file` when something else is in the way */
  async make(path: string): Promise<void> {
    if (this.#known.has(path)) return;
    const making = this.#making.get(path) ?? this.#make(path);
    this.#making.set(path, making);
    try {
      await making;
      this.#remember(path);
    } finally {
      this.#making.delete(path);
    }
  }

  /** Somebody removed folders: what was known of them is void. */
  forget(): void {
    this.#known.clear();
  }

  async #make(path: string): Promise<void> {
    if (path === this.root) {
      const first = mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
      if (first === undefined) return;
      for (let made = path; made.length >= first.length; made = dirname(made)) {
        await this.#sync.sync(dirname(made));
      }
      return;
    }
    await this.make(dirname(path));
    makeFolder(path);
    // Also when it was there: who made it may not have come to this yet.
    await this.#sync.sync(dirname(path));
  }

  #remember(path: string): void {
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.add(path);
  }
}

/**
 * Makes it, in a folder that is there, unless it is there too. Not durable before its parent is synced.
 * @throws DdbrError `file` when something else is in the way
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, FOLDER_MODE);
    return;
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
  const found = lookAt(path);
  if (found?.isDirectory()) return;
  throw new DdbrError(
    "file",
    found?.isSymbolicLink()
      ? "is a symbolic link, which is not followed"
      : "is a file, so nothing can lie under it",
    { subject: path, hint: "rename or remove it, or name another directory" },
  );
}
