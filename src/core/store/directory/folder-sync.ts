import { closeSync, constants } from "node:fs";
import { errnoOf } from "./file-failure.ts";
import { openFile, syncFile } from "./files.ts";

/** Makes names in folders durable. Of many that ask at once for one folder, all share the next sync that begins. */
export class FolderSync {
  readonly #running = new Map<string, { now: Promise<void>; next: Promise<void> | undefined }>();

  /** Resolves when every name that was in the folder at the call is durable. */
  sync(folder: string): Promise<void> {
    const running = this.#running.get(folder);
    if (running === undefined) return this.#start(folder);
    running.next ??= running.now.then(
      () => this.#start(folder),
      () => this.#start(folder),
    );
    return running.next;
  }

  #start(folder: string): Promise<void> {
    const now = syncFolder(folder);
    const entry = { now, next: undefined };
    this.#running.set(folder, entry);
    const ended = () => {
      if (this.#running.get(folder) === entry && entry.next === undefined) this.#running.delete(folder);
    };
    now.then(ended, ended);
    return now;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const fd = await openFile(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await syncFile(fd);
  } catch (error) {
    // Some network file systems have no such thing for folders: their names are as durable as the server makes them.
    if (!["EINVAL", "ENOTSUP", "EOPNOTSUPP"].includes(errnoOf(error) ?? "")) throw error;
  } finally {
    closeSync(fd);
  }
}
