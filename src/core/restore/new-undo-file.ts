import { closeSync, openSync, rmSync } from "node:fs";
import { DdbrError } from "../errors.ts";

/**
 * Makes a file for what is going to be replaced, readable by its owner alone.
 * @throws DdbrError `file` when it exists or cannot be made
 */
export function openNewUndoFile(path: string): number {
  try {
    return openSync(path, "wx", 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") {
      throw new DdbrError("file", "the file exists", {
        subject: path,
        hint: "an undo file is never overwritten: name a new one",
        cause: error,
      });
    }
    throw new DdbrError("file", `cannot be written: ${message}`, {
      subject: path,
      hint: "name a new file in a folder that is there and can be written to",
      cause: error,
    });
  }
}

/** Finds out whether such a file can be made, before what cannot be taken back. @throws DdbrError as {@link openNewUndoFile} */
export function requireNewUndoFile(path: string): void {
  closeSync(openNewUndoFile(path));
  rmSync(path);
}
