import { appendFileSync, closeSync } from "node:fs";
import { DdbrError } from "../errors.ts";
import { changeLine } from "../restore/change-line.ts";
import { openNewUndoFile } from "../restore/new-undo-file.ts";
import type { UndoLog } from "./repair.ts";

/**
 * Keeps what repairs replace in a new file, one JSON line each (format: docs/formats.md), readable by its owner
 * alone. A line is handed to the system before the write it belongs to, so a killed run has lost none.
 * @throws DdbrError `file` when the file exists or cannot be made
 */
export function createUndoFile(path: string, table: string): UndoLog {
  const file = openNewUndoFile(path);
  return {
    record(change) {
      try {
        appendFileSync(file, changeLine(table, change));
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
