import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { DdbrError } from "../errors.ts";
import type { SkippedRecord } from "./follow-events.ts";

/** Where the records are kept that were given up on. */
export interface SkippedFile {
  /** Returns when it is durable. @throws DdbrError `file` */
  add(record: SkippedRecord): void;
  close(): void;
}

/**
 * Appends a line of JSON for each such record, in the shape of a report of `diff-tables`, so that commands on single records take it
 * with `--keys`. Only its owner can read it.
 * @throws DdbrError `file` when it cannot be made
 */
export function openSkippedFile(path: string): SkippedFile {
  const file = guard(path, () => openSync(path, "a", 0o600));
  return {
    add(record) {
      const line = { kind: "undone", at: new Date().toISOString(), ...record };
      guard(path, () => {
        writeSync(file, `${JSON.stringify(line)}\n`);
        fsyncSync(file);
      });
    },
    close: () => closeSync(file),
  };
}

function guard<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw new DdbrError("file", `cannot be written: ${(error as Error).message}`, {
      subject: path,
      hint: "name a file in a folder that is there and can be written to",
      cause: error,
    });
  }
}
