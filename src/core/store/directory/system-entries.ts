import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";

/** What a file is, as the system says it with its name; `unknown` on some file systems. */
export type EntryKind = "file" | "folder" | "other" | "unknown";

/** Fills the buffer with the next entries of an open folder: how many bytes; 0 at its end, less on failure. */
export type ReadEntries = (fd: number, buffer: Buffer) => number;

export const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

const LIBRARIES = ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];
/** `struct linux_dirent64` */
const LENGTH_AT = 16;
const TYPE_AT = 18;
const NAME_AT = 19;
const KINDS: Record<number, EntryKind> = { 0: "unknown", 4: "folder", 8: "file" };

let found: Promise<ReadEntries | undefined> | undefined;

/** The system's own call, which reads a folder piece by piece; undefined where there is none such. */
export function systemReadEntries(): Promise<ReadEntries | undefined> {
  found ??= findCall();
  return found;
}

async function findCall(): Promise<ReadEntries | undefined> {
  if (process.platform !== "linux") return undefined;
  for (const library of LIBRARIES) {
    try {
      const { dlopen, FFIType } = await import("bun:ffi");
      const { getdents64 } = dlopen(library, {
        getdents64: { args: [FFIType.i32, FFIType.ptr, FFIType.u64], returns: FFIType.i64 },
      }).symbols;
      return (fd, buffer) => Number(getdents64(fd, buffer, buffer.length));
    } catch {
      // Another library, another runtime, or a system without the call.
    }
  }
  return undefined;
}

/** The names and kinds in the first `length` bytes that {@link ReadEntries} filled; none that is no text. */
export function* entriesIn(buffer: Buffer, length: number): Generator<[name: string, kind: EntryKind]> {
  for (let at = 0; at < length; at += buffer.readUInt16LE(at + LENGTH_AT)) {
    const bytes = buffer.subarray(at + NAME_AT, buffer.indexOf(0, at + NAME_AT));
    const name = bytes.toString();
    if (name === "." || name === ".." || (name.includes("\ufffd") && !isUtf8(bytes))) continue;
    yield [name, KINDS[buffer[at + TYPE_AT]!] ?? "other"];
  }
}
