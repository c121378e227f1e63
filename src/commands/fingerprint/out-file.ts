import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DdbrError } from "../../core/errors.ts";

export interface OutFile {
  /** Puts a whole new file in the place of what is there. @throws DdbrError `file` */
  replace(text: string): void;
}

/** A small file that is written when all is done; that it can be is seen to before. @throws DdbrError `file` */
export function openOutFile(path: string): OutFile {
  const unfinished = `${path}.${process.pid}`;
  guarded(path, () => accessSync(dirname(path), constants.W_OK));
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DdbrError("file", "is a directory", { subject: path, hint: "name the file to be written" });
  }
  return {
    replace: (text) =>
      guarded(path, () => {
        try {
          writeFileSync(unfinished, text, { mode: 0o600 });
          renameSync(unfinished, path);
        } finally {
          rmSync(unfinished, { force: true });
        }
      }),
  };
}

function guarded(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new DdbrError("file", `cannot be written: ${(error as Error).message}`, {
      subject: path,
      hint: "name a file in a folder that is there and can be written to",
      cause: error,
    });
  }
}
