import { DdbrError } from "../../errors.ts";

/** What the operating system calls it → what it is, and what to do. */
const KNOWN: Record<string, [message: string, hint: string]> = {
  ENOSPC: ["the disk is full", "make room, then run it again"],
  EDQUOT: ["the disk quota is used up", "make room, then run it again"],
  EACCES: ["no permission", "check who owns the directory and its files"],
  EROFS: ["the file system is read-only", "mount it for writing, or name another directory"],
  ENOTDIR: ["a name on the way is no directory", "name another directory, or remove that file"],
  ENOENT: ["it is gone", "check that the directory is mounted and that nobody removes files in it"],
  ELOOP: ["is a symbolic link, which is not followed", "put the file or directory itself there"],
  EMFILE: ["too many open files", "raise the limit (ulimit -n)"],
  ENAMETOOLONG: ["a name is longer than this file system allows", "names have at most 255 bytes on most"],
  EIO: ["the disk failed", "check the disk and the system's log"],
};
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV"];

export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether it says that there is no such file, or none that can be an object. */
export function isAbsence(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "ENXIO"].includes(errnoOf(error) ?? "");
}

/**
 * Turns a failure of the file system into a DdbrError `file`; anything else stays what it is.
 * @param subject what was being worked on
 */
export function toFileError(thrown: unknown, subject: string): unknown {
  if (thrown instanceof DdbrError) return thrown;
  const code = errnoOf(thrown);
  if (code === undefined || !(thrown instanceof Error) || !("syscall" in thrown)) return thrown;
  const linking = thrown.syscall === "link" && NO_LINKS.includes(code);
  const [message, hint] = linking
    ? [
        `this file system has no hard links, or not for files of others (${code})`,
        "name a directory on another file system, or make the files your own",
      ]
    : (KNOWN[code] ?? [thrown.message.split("\n", 1)[0] ?? code, undefined]);
  return new DdbrError("file", message, { subject, hint, cause: thrown });
}

/** Runs it with {@link toFileError} applied to what it throws. */
export async function withFileErrors<Result>(
  subject: string,
  action: () => Promise<Result>,
): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw toFileError(error, subject);
  }
}
