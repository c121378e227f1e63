import { appendFileSync, closeSync, fsyncSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DdbrError } from "../errors.ts";
import type { Change, ChangeSink } from "./change.ts";
import { changeLine } from "./change-line.ts";
import { type ChangesHeader, headerLine, noteLine } from "./changes-notes.ts";
import { openNewUndoFile } from "./new-undo-file.ts";
import type { RestorePlan } from "./restore-events.ts";

/** Takes down a plan. Everything throws a DdbrError `file` when the file cannot be written. */
export interface ChangesWriter extends ChangeSink {
  add(change: Change): void;
  /** The plan is complete. Returns when all of it is durable. */
  complete(plan: RestorePlan): void;
  /** Removes the file: nothing is done by it. */
  discard(): void;
  close(): void;
}

const BUFFER_CHARACTERS = 256 * 1024;

/**
 * Makes the file that a restore's plan is written down in (docs/formats.md), readable by its owner alone.
 * @throws DdbrError `file` when it exists or cannot be made
 */
export function createChangesFile(path: string, header: ChangesHeader): ChangesWriter {
  const file = openNewUndoFile(path);
  let isOpen = true;
  let buffer = "";

  function flush(): void {
    guarded(path, () => appendFileSync(file, buffer));
    buffer = "";
  }

  function close(): void {
    if (isOpen) closeSync(file);
    isOpen = false;
  }

  buffer = headerLine(header);
  try {
    flush();
  } catch (error) {
    close();
    rmSync(path, { force: true });
    throw error;
  }

  return {
    add(change) {
      buffer += changeLine(header.table, change);
      if (buffer.length > BUFFER_CHARACTERS) flush();
    },
    complete(plan) {
      buffer += noteLine({ planned: plan });
      flush();
      guarded(path, () => {
        fsyncSync(file);
        syncFolder(dirname(path));
      });
    },
    discard() {
      close();
      // It may have been moved away while somebody was asked.
      rmSync(path, { force: true });
    },
    close,
  };
}

/** Makes a new file's name durable, where the system knows how to. */
function syncFolder(path: string): void {
  let folder: number | undefined;
  try {
    folder = openSync(path, "r");
    fsyncSync(folder);
  } catch {
    // Network file systems and Windows don't: there the server does, or nobody.
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
}

function guarded(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new DdbrError("file", `cannot be written: ${(error as Error).message}`, {
      subject: path,
      hint: "nothing is written to the table without it; make room, or name a file elsewhere",
      cause: error,
    });
  }
}
