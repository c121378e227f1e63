/**
 * What ends the servers, however the test command itself ends.
 *
 * A shell in a session of its own (Ctrl-C does not reach it) holds the reading end of a pipe. When the pipe
 * closes, because the test command closed it or because it was killed, even with SIGKILL, the shell kills the
 * listed processes and removes the listed directories. Everything the servers hold is throw-away, hence KILL.
 */
const SCRIPT = `
pids=" "
while read -r verb what; do
  case "$verb" in
    kill) pids="$pids$what " ;;
    spare) pids=$(printf '%s' "$pids" | sed "s/ $what / /") ;;
    remove) set -- "$@" "$what" ;;
  esac
done
for pid in $pids; do kill -TERM "$pid" 2>/dev/null; done
sleep 0.2
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
[ $# -eq 0 ] && exit 0
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf -- "$@" 2>/dev/null && exit 0
  sleep 0.1
done
exit 1
`;

export type Reaper = {
  /** This process is killed at the end, unless it has ended by itself before. */
  kill(child: { pid: number; exited: Promise<number> }): void;
  /** This directory is removed at the end, after the processes were killed. */
  remove(directory: string): void;
  /** Does it all now; resolves when done. May be called more than once. */
  reap(): Promise<void>;
};

export function startReaper(): Reaper {
  const shell = Bun.spawn(["/bin/sh", "-c", SCRIPT, "reaper"], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
    detached: true,
  });
  let open = true;
  const ends: Promise<number>[] = [];
  const tell = (verb: string, what: string | number) => {
    if (!open) return;
    shell.stdin.write(`${verb} ${what}\n`);
    shell.stdin.flush();
  };
  return {
    kill(child) {
      ends.push(child.exited);
      tell("kill", child.pid);
      // Its number may soon belong to somebody else's process.
      void child.exited.then(() => tell("spare", child.pid));
    },
    remove: (directory) => tell("remove", directory),
    async reap() {
      if (open) {
        open = false;
        await shell.stdin.end();
      }
      await Promise.all([shell.exited, ...ends]);
    },
  };
}
