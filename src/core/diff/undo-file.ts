import { appendFileSync, closeSync, openSync } from "node:fs";
import { DdbrError } from "../errors.ts";
import type { UndoLog } from "./repair.ts";

/**
 * Keeps what repairs replace in a new file, one JSON line each (format: docs/formats.md), readable by its owner
 * alone. A line is handed to the system before the write it belongs to, so a killed run has lost none.
 * @throws DdbrError `file` when the file exists or cannot be made
 */
export function createUndoFile(path: string, table: string): UndoLog {
  const file = openNew(path);
  return {
    record({ key, before, after }) {
      const line = { table, at: new Date().toISOString(), key, before: before ?? null, after: after ?? null };
      try {
        appendFileSync(file, `${JSON.stringify(line)}\n`);
      } catch (error) {
        throw new DdbrError("file", `cannot be written: ${(error as Error).message}`, {
          subject: path,
          hint: "nothing is replaced without it; make room and start again",
          cause: error,
        });
      }
    },
    close: () => closeSync(file),
  };
}

function openNew(path: string): number {
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
