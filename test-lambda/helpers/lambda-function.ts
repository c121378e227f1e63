import { closeSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientIn, NODES, type NodeVersion, nodeIn } from "../../scripts/testbed/lambda-runtimes.ts";
import { fromTestCommand } from "../../test/helpers/environment.ts";
import { type Outcome, startRuntimeApi } from "./runtime-api.ts";

/** What every test of a function is run on. */
export const NODE_VERSIONS = Object.keys(NODES) as NodeVersion[];

export type FunctionOptions = {
  node: NodeVersion;
  /** Where the code is. */
  root: string;
  /** As Lambda is told it, without the file: `replicate`. */
  handler: string;
  variables: Record<string, string>;
  /** Its time-out, in whole seconds. */
  timeoutMs?: number;
};

/** What can be done with a function wherever it runs. */
export type InvokedFunction = {
  /** Resolves with the error that kept the function from being made, if any did. Rejects when it is cut off at its time-out. */
  invoke(event: unknown): Promise<Outcome>;
  /** What it has written to its log, line by line. */
  log(): Promise<string[]>;
};

export type LambdaFunction = InvokedFunction & {
  pid: number;
  /** Lambda freezes a function between events. */
  freeze(): void;
  thaw(): void;
  /** Resolves with its exit code when it ends by itself. */
  exited: Promise<number>;
  stop(): Promise<void>;
};

const ACCOUNT = "123456789012";
const REGION = "us-east-1";
export const TIMEOUT_MS = 60_000;
export const MEMORY_MB = 512;
/** Lambda tells Node how much memory there is, which else would take it from the machine. */
export const HEAP = [
  `--max-semi-space-size=${Math.floor(MEMORY_MB * 0.05)}`,
  `--max-old-space-size=${Math.floor(MEMORY_MB * 0.9)}`,
];

/** Starts a function in Lambda's own runtime, and waits until it takes events or says why it cannot. */
export async function startFunction(options: FunctionOptions): Promise<LambdaFunction> {
  const { node, root, handler, timeoutMs = TIMEOUT_MS } = options;
  const home = fromTestCommand("DDBR_TEST_LAMBDA");
  const api = await startRuntimeApi(`arn:aws:lambda:${REGION}:${ACCOUNT}:function:ddbr-${handler}`);
  const folder = await mkdtemp(join(tmpdir(), "ddbr-function-"));
  const logFile = join(folder, "log");
  const log = openSync(logFile, "a");
  const child = Bun.spawn([nodeIn(home, node), ...HEAP, clientIn(home)], {
    cwd: root,
    env: {
      ...environment(options),
      AWS_LAMBDA_RUNTIME_API: api.address,
      _HANDLER: `index.${handler}`,
      ...options.variables,
    },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  closeSync(log);
  const ended = child.exited.then((code) => {
    throw new Error(`the function's process ended with ${code}`);
  });
  ended.catch(() => {});
  const startError = await Promise.race([api.started, ended]);
  return {
    pid: child.pid,
    invoke: async (event) =>
      startError ? { error: startError } : await Promise.race([api.invoke(event, timeoutMs), ended]),
    log: async () => (await readFile(logFile, "utf8")).split("\n").filter((line) => line !== ""),
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
    exited: child.exited,
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
      api.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Runs `body` with a function, and stops it whatever happens. */
export async function withFunction<T>(
  options: FunctionOptions,
  body: (lambda: LambdaFunction) => Promise<T>,
): Promise<T> {
  const lambda = await startFunction(options);
  try {
    return await body(lambda);
  } finally {
    await lambda.stop();
  }
}

/** What Lambda sets, and nothing of this machine's. */
export function environment({ node, root, handler }: FunctionOptions): Record<string, string> {
  const name = `ddbr-${handler}`;
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    LAMBDA_TASK_ROOT: root,
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${node}.x`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MEMORY_MB),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "2026/11/23/[$LATEST]0123456789abcdef",
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_SESSION_TOKEN: "test",
  };
}
