import { mkdir, open, readFile, rename } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DdbrError } from "../errors.ts";
import { type FollowCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { type FileLock, lockFile } from "./file-lock.ts";

/** The file that tells how far a stream was followed, held by one process at a time. */
export interface CheckpointFile {
  readonly path: string;
  /** What it held when it was opened. */
  readonly found: FollowCheckpoint | undefined;
  /** Replaces what it holds, durably: a reader and a crash find the old or the new. @throws DdbrError `file` */
  save(checkpoint: FollowCheckpoint): Promise<void>;
  close(): Promise<void>;
}

/** @throws DdbrError `file` when it cannot be written there, `exists` when another process follows with it, `damaged` when it is no checkpoint */
export async function openCheckpointFile(path: string): Promise<CheckpointFile> {
  const full = resolve(path);
  const folder = dirname(full);
  await guard(path, () => mkdir(folder, { recursive: true }));
  const lock = await guard(path, () => lockFile(`${full}.lock`));
  try {
    const text = await guard(path, () => readIfThere(full));
    const found = text === undefined ? undefined : parseCheckpoint(text, path);
    return { path, found, save: (checkpoint) => save(path, full, checkpoint, lock), close: lock.release };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function save(path: string, full: string, checkpoint: FollowCheckpoint, lock: FileLock): Promise<void> {
  const folder = dirname(full);
  // Only who holds the lock writes it, so the name may be the same each time, and a killed run's is replaced.
  const next = join(folder, `.${basename(full)}.new`);
  await guard(path, async () => {
    await lock.keep();
    await withFile(next, "w", async (file) => {
      await file.writeFile(`${JSON.stringify(checkpoint, undefined, 1)}\n`);
      await file.sync();
    });
    await rename(next, full);
    // Network file systems may not know how to make a folder durable: there the server does.
    await withFile(folder, "r", (file) => file.sync().catch(() => {}));
  });
}

async function withFile(
  path: string,
  flags: string,
  use: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function guard<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof DdbrError) throw error;
    throw new DdbrError("file", `cannot be used as checkpoint: ${(error as Error).message}`, {
      subject: path,
      hint: "name a file in a folder that can be written to with --checkpoint",
      cause: error,
    });
  }
}
