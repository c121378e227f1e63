import {
  close,
  constants,
  fstatSync,
  fsync,
  link,
  lstatSync,
  open,
  read,
  type Stats,
  unlink,
  write,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import { errnoOf, isAbsence } from "./file-failure.ts";

/**
 * The calls that may wait for a disk, without the cost of FileHandles: a small put makes a dozen of them. What only
 * touches memory (fstat, a small write, lstat of what was just looked up) is done at once.
 */
export const openFile: (path: string, flags: number, mode?: number) => Promise<number> = promisify(open);
export const syncFile = promisify(fsync);
export const linkFile = promisify(link);
const readInto = promisify(read);
const writeFrom = promisify(write);
const unlinkPath = promisify(unlink);
export const closeFile = promisify(close);

export const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Opening a pipe for reading would wait for its writer. */
const EXISTING_FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** Up to here a write is a copy into the system's memory, cheaper than a turn through a thread. */
const SMALL_BYTES = 64 * 1024;

export interface OpenedFile {
  fd: number;
  size: number;
  modifiedMs: number;
}

/** Opens a plain file; undefined when there is none, or when what is there is something else. */
export async function openPlain(path: string): Promise<OpenedFile | undefined> {
  let fd: number;
  try {
    fd = await openFile(path, EXISTING_FILE);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
  const stats = fstatSync(fd);
  if (stats.isFile()) return { fd, size: stats.size, modifiedMs: stats.mtimeMs };
  await closeFile(fd);
  return undefined;
}

/** Bytes at `position`, as many as there are up to `length`. */
export async function readPiece(fd: number, position: number, length: number): Promise<Buffer> {
  const piece = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await readInto(fd, piece, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === length ? piece : piece.subarray(0, filled);
}

/** Writes all of it at the end of what was written. */
export async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at;
    at +=
      left <= SMALL_BYTES
        ? writeSync(fd, bytes, at, left)
        : (await writeFrom(fd, bytes, at, left, null)).bytesWritten;
  }
}

/** Links, unless the new name is taken: false. */
export async function linkNew(existing: string, path: string): Promise<boolean> {
  try {
    await linkFile(existing, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}

export async function removeFile(path: string): Promise<void> {
  try {
    await unlinkPath(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

/** What is there, a symbolic link itself too; undefined when nothing is. */
export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}
