import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import { DdbrError } from "../errors.ts";
import { hasEnded, ownIdentity, type ProcessIdentity } from "../store/directory/process-identity.ts";

/** A file that says that a process is at work. */
export interface FileLock {
  /** Says that it still is. @throws DdbrError `exists` when another process has taken the lock over meanwhile */
  keep(): Promise<void>;
  release(): Promise<void>;
}

/** Of a process on another machine only this is known: whether it has said lately that it is at work. */
const SILENT_MS = 2 * 60_000;

/** Takes a lock that nobody holds, or whose holder has ended. @throws DdbrError `exists` */
export async function lockFile(path: string): Promise<FileLock> {
  const own = JSON.stringify(ownIdentity());
  if (!(await create(path, own))) {
    const holder = await readFile(path, "utf8").catch(() => "");
    if (await isHeld(path, holder)) throw held(path, holder);
    await rm(path, { force: true });
    if (!(await create(path, own))) throw held(path, "");
  }
  const content = () => readFile(path, "utf8").catch(() => undefined);
  return {
    async keep() {
      // One that somebody has removed is made anew.
      const present = await content();
      if (present === undefined ? !(await create(path, own)) : present !== own)
        throw held(path, present ?? "");
      const now = new Date();
      await utimes(path, now, now);
    },
    async release() {
      if ((await content()) === own) await rm(path, { force: true });
    },
  };
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function isHeld(path: string, holder: string): Promise<boolean> {
  const identity = identityOf(holder);
  if (identity?.host === ownIdentity().host) return !hasEnded(identity);
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < SILENT_MS;
}

function identityOf(text: string): ProcessIdentity | undefined {
  try {
    const { host, pid, start } = JSON.parse(text);
    return typeof host === "string" && Number.isInteger(pid)
      ? { host, pid, start: String(start) }
      : undefined;
  } catch {
    return undefined;
  }
}

function held(path: string, holder: string): DdbrError {
  const pid = identityOf(holder)?.pid;
  return new DdbrError(
    "exists",
    `another process ${pid === undefined ? "" : `(${pid}) `}follows with this checkpoint`,
    {
      subject: path.replace(/\.lock$/, ""),
      hint: "end that one first, or name another file with --checkpoint",
    },
  );
}
