import { openSync } from "node:fs";
import { TestBedFailure } from "./failure.ts";
import type { Reaper } from "./reaper.ts";

export type Daemon = {
  name: string;
  logFile: string;
  exited: Promise<number>;
  exitCode: () => number | null;
};

/** Starts a server in a session of its own, its output in `logFile`; the reaper ends it. */
export function startDaemon(options: {
  name: string;
  command: string[];
  directory: string;
  reaper: Reaper;
  env?: Record<string, string>;
}): Daemon {
  const logFile = `${options.directory}/${options.name}.out`;
  const log = openSync(logFile, "a");
  const child = Bun.spawn(options.command, {
    cwd: options.directory,
    env: { ...process.env, ...options.env },
    stdin: "ignore",
    stdout: log,
    stderr: log,
    detached: true,
  });
  options.reaper.kill(child);
  child.unref();
  return { name: options.name, logFile, exited: child.exited, exitCode: () => child.exitCode };
}

/** Resolves once anything at `url` answers over HTTP; fails when the daemon ends first or the time is up. */
export async function waitForHttp(daemon: Daemon, url: string, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    if (daemon.exitCode() !== null) throw await didNotStart(daemon, `it ended with ${daemon.exitCode()}`);
    try {
      await fetch(url, { signal: AbortSignal.timeout(2000) });
      return;
    } catch {
      await Bun.sleep(50);
    }
  }
  throw await didNotStart(daemon, `no answer at ${url} in ${timeoutMs / 1000} s`);
}

async function didNotStart(daemon: Daemon, why: string): Promise<TestBedFailure> {
  const output = (await Bun.file(daemon.logFile).text()).trimEnd().split("\n").slice(-15).join("\n");
  return new TestBedFailure(`${daemon.name} did not start: ${why}. Its last output:\n${output}`);
}
