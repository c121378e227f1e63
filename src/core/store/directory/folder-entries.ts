import { closeSync } from "node:fs";
import { opendir } from "node:fs/promises";
import { isAbsence } from "./file-failure.ts";
import { lookAt, openFile } from "./files.ts";
import { entriesIn, OPEN_FOLDER, type ReadEntries, systemReadEntries } from "./system-entries.ts";

export interface FolderEntry {
  name: string;
  kind: "file" | "folder";
}

const PIECE_ENTRIES = 1_000;
const PIECE_BYTES = 64 * 1024;

/**
 * Files and folders in a folder, in pieces, without what is neither; none when it is absent. Bun's opendir holds all names of
 * a folder at once, half a gigabyte for a million: where the system can be asked piece by piece, it is.
 */
export async function* folderEntries(path: string): AsyncGenerator<FolderEntry[]> {
  const read = await systemReadEntries();
  try {
    yield* read === undefined ? allEntries(path) : entriesByPiece(path, read);
  } catch (error) {
    if (!isAbsence(error)) throw error;
  }
}

async function* entriesByPiece(path: string, read: ReadEntries): AsyncGenerator<FolderEntry[]> {
  const fd = await openFile(path, OPEN_FOLDER);
  try {
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      const length = read(fd, buffer);
      if (length < 0 && lookAt(path) === undefined) return; // Removed meanwhile.
      // What it was, the call has kept to itself.
      if (length < 0)
        throw Object.assign(new Error("cannot be read"), { code: "EIO", syscall: "getdents64" });
      if (length === 0) return;
      const entries: FolderEntry[] = [];
      for (const [name, given] of entriesIn(buffer, length)) {
        const kind = given === "unknown" ? kindOf(`${path}/${name}`) : given;
        if (kind === "file" || kind === "folder") entries.push({ name, kind });
      }
      yield entries;
    }
  } finally {
    closeSync(fd);
  }
}

function kindOf(path: string): FolderEntry["kind"] | undefined {
  const found = lookAt(path);
  if (found?.isFile()) return "file";
  return found?.isDirectory() ? "folder" : undefined;
}

/** In the way that every system has. */
export async function* allEntries(path: string): AsyncGenerator<FolderEntry[]> {
  let entries: FolderEntry[] = [];
  for await (const entry of await opendir(path, { bufferSize: PIECE_ENTRIES })) {
    if (entry.isFile()) entries.push({ name: entry.name, kind: "file" });
    else if (entry.isDirectory()) entries.push({ name: entry.name, kind: "folder" });
    if (entries.length < PIECE_ENTRIES) continue;
    yield entries;
    entries = [];
  }
  yield entries;
}
