import { DDBR } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { startCountingProxy } from "../restore/helpers/counting-proxy.ts";
import { environment, SHORT_LEASE, type SharedRestore, workerWords } from "./shared-restore.ts";

/** Starts a worker that reaches its table through a proxy, and does something to it when it has sent so many writes. */
export async function startWorker(
  restore: SharedRestore,
  words: string[],
  writes: number,
  act: (child: Bun.Subprocess) => void,
) {
  const counting = await startCountingProxy([]);
  const location = restore.table.location.replace(dynamoDbEndpoint(), counting.proxy.url);
  const all = [...workerWords({ ...restore, table: { location } }), ...SHORT_LEASE, "--concurrency", "1"];
  const child = Bun.spawn([DDBR, ...all, "--json", ...words], {
    env: programEnvironment(environment(restore)),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  counting.after(writes, () => act(child));
  const output = Promise.all([child.stdout.text(), child.stderr.text()]);
  const ended = (async () => {
    await output;
    const code = await child.exited;
    await counting.idle();
    await counting.proxy.stop();
    return { code, writes: counting.writes };
  })();
  return { child, counting, ended };
}

/** A worker that is killed, or told to stop, when it has sent so many writes. */
export async function endedWorker(
  restore: SharedRestore,
  writes: number,
  signal: "SIGKILL" | "SIGINT",
  words: string[] = [],
) {
  const { ended } = await startWorker(restore, words, writes, (child) => child.kill(signal));
  return await ended;
}
