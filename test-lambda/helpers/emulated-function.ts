import { closeSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePorts } from "../../scripts/testbed/free-port.ts";
import { clientIn, nodeIn } from "../../scripts/testbed/lambda-runtimes.ts";
import { fromTestCommand } from "../../test/helpers/environment.ts";
import {
  environment,
  type FunctionOptions,
  HEAP,
  type InvokedFunction,
  TIMEOUT_MS,
} from "./lambda-function.ts";
import type { LambdaError, Outcome } from "./runtime-api.ts";

/** What the emulator itself adds to a function's log. */
const ADDED = /^(START|END|REPORT) RequestId: /;
/** What it answers when it has cut a function off. */
const CUT_OFF = "Task timed out";
const START_TIMEOUT_MS = 30_000;

/** Runs `body` with a function in AWS's own emulator of Lambda, and stops it whatever happens. */
export async function withEmulatedFunction<T>(
  options: FunctionOptions,
  body: (lambda: InvokedFunction) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "ddbr-emulator-"));
  const [runtimePort, port] = await freePorts(2);
  const logFile = join(folder, "log");
  const log = openSync(logFile, "a");
  const child = Bun.spawn(command(options, `127.0.0.1:${runtimePort}`, `127.0.0.1:${port}`), {
    cwd: options.root,
    env: emulatorEnvironment(options),
    stdin: "ignore",
    stdout: log,
    stderr: "inherit",
  });
  closeSync(log);
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilItListens(url, child);
    return await body({
      invoke: (event) => invoke(url, event),
      async log() {
        const lines = (await readFile(logFile, "utf8")).split("\n");
        return lines.filter((line) => line !== "" && !ADDED.test(line));
      },
    });
  } finally {
    // It ends the function's process first, which would outlive it after a harder signal.
    child.kill("SIGTERM");
    await child.exited;
    await rm(folder, { recursive: true });
  }
}

/** The emulator takes what stands after the program for the handler's name, so that Node is found by PATH. */
function command({ handler }: FunctionOptions, runtimeApi: string, address: string): string[] {
  return [
    fromTestCommand("DDBR_TEST_LAMBDA_EMULATOR"),
    ...["--log-level", "fatal", "--runtime-api-address", runtimeApi],
    ...["--runtime-interface-emulator-address", address],
    ...[clientIn(fromTestCommand("DDBR_TEST_LAMBDA")), `index.${handler}`],
  ];
}

function emulatorEnvironment(options: FunctionOptions): Record<string, string> {
  const own = environment(options);
  const nodeFolder = dirname(nodeIn(fromTestCommand("DDBR_TEST_LAMBDA"), options.node));
  return {
    ...own,
    PATH: `${nodeFolder}:${own.PATH}`,
    NODE_OPTIONS: HEAP.join(" "),
    AWS_LAMBDA_FUNCTION_TIMEOUT: String((options.timeoutMs ?? TIMEOUT_MS) / 1000),
    ...options.variables,
  };
}

async function untilItListens(url: string, child: { exitCode: number | null }): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && Date.now() < end) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return;
    await Bun.sleep(20);
  }
  throw new Error(`AWS's emulator of Lambda did not start (exit code ${child.exitCode})`);
}

/** An error of a function is told from its answer by what is in it, except for one that kept it from being made. */
async function invoke(url: string, event: unknown): Promise<Outcome> {
  const response = await fetch(`${url}/2015-03-31/functions/function/invocations`, {
    method: "POST",
    body: JSON.stringify(event),
  });
  const text = await response.text();
  if (text.startsWith(CUT_OFF)) throw new Error(`the function was cut off: ${text}`);
  const body: unknown = JSON.parse(text);
  if (isError(body)) return { error: body };
  if (!response.ok) throw new Error(`the emulator answered ${response.status}: ${text}`);
  return { answer: body };
}

function isError(body: unknown): body is LambdaError {
  return typeof body === "object" && body !== null && "errorType" in body && "errorMessage" in body;
}
