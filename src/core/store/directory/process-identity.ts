import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { errnoOf } from "./file-failure.ts";

/** A process, as it is told apart from all others that may write the same directory, on other machines too. */
export interface ProcessIdentity {
  /** Same where process ids mean the same: the machine, and the container in it. */
  host: string;
  pid: number;
  /** When it began, as far as the system tells, so that the next process of this id is another. */
  start: string;
}

export function ownIdentity(): ProcessIdentity {
  const place = [hostname(), orEmpty(() => readlinkSync("/proc/self/ns/pid")), machineId()].join("\n");
  const host = createHash("sha256").update(place).digest("hex").slice(0, 12);
  return { host, pid: process.pid, start: startOf(process.pid) ?? "0" };
}

/** Whether a process of this host has ended. Of other hosts' nothing is known. */
export function hasEnded({ pid, start }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === "ESRCH";
  }
  const now = startOf(pid);
  return now !== undefined && now !== start;
}

function machineId(): string {
  return orEmpty(() => readFileSync("/etc/machine-id", "utf8"));
}

/** Undefined where the system doesn't tell. */
function startOf(pid: number): string | undefined {
  const stat = orEmpty(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // After the process's name, which may hold anything, the 20th field is when it began.
  const began = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  if (began === undefined) return undefined;
  return orEmpty(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")).slice(0, 8) + began;
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
