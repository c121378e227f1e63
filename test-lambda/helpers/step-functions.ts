import { freePorts } from "../../scripts/testbed/free-port.ts";
import { fromTestCommand } from "../../test/helpers/environment.ts";

/** An execution that has ended. */
export type Execution = {
  status: "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  output: unknown;
  error: string | undefined;
  cause: string | undefined;
};

/** Runs state machines as Step Functions does. */
export type StepFunctions = {
  url: string;
  /** Makes a state machine of the definition, and runs it once. */
  run(definition: object, input: object): Promise<Execution>;
  stop(): Promise<void>;
};

const ACCOUNT = "123456789012";
const SIGNED =
  "AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/states/aws4_request, SignedHeaders=host, Signature=0";
const START_TIMEOUT_MS = 60_000;

/** Starts moto, which has an interpreter of the Amazon States Language. @param lambdaPort where it is to find Lambda */
export async function startStepFunctions(lambdaPort: number): Promise<StepFunctions> {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const child = Bun.spawn(
    [fromTestCommand("DDBR_TEST_MOTO"), "-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)],
    {
      // Where it believes to listen itself, all of AWS being at one address.
      env: { ...process.env, MOTO_PORT: String(lambdaPort) },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    },
  );
  const stop = async () => {
    child.kill("SIGKILL");
    await child.exited;
  };
  try {
    await untilItListens(url, child);
    await post(`${url}/moto-api/config`, {}, { stepfunctions: { execute_state_machine: true } });
  } catch (error) {
    await stop();
    throw error;
  }
  let machines = 0;

  async function call(operation: string, body: object): Promise<Record<string, unknown>> {
    const headers = { "x-amz-target": `AWSStepFunctions.${operation}`, authorization: SIGNED };
    return await post(url, headers, body);
  }

  return {
    url,
    stop,
    async run(definition, input) {
      const { stateMachineArn } = await call("CreateStateMachine", {
        name: `machine-${++machines}`,
        definition: JSON.stringify(definition),
        roleArn: `arn:aws:iam::${ACCOUNT}:role/machine`,
      });
      const started = await call("StartExecution", { stateMachineArn, input: JSON.stringify(input) });
      for (;;) {
        const { status, output, error, cause } = await call("DescribeExecution", {
          executionArn: started.executionArn,
        });
        if (status !== "RUNNING") {
          return {
            status,
            output: typeof output === "string" ? JSON.parse(output) : undefined,
            error,
            cause,
          } as Execution;
        }
        await Bun.sleep(100);
      }
    },
  };
}

async function post(
  url: string,
  headers: Record<string, string>,
  body: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.0", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`moto answered ${response.status}: ${text.slice(0, 1000)}`);
  return text === "" ? {} : JSON.parse(text);
}

async function untilItListens(url: string, child: { exitCode: number | null }): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && Date.now() < end) {
    if (await fetch(url).catch(() => undefined)) return;
    await Bun.sleep(50);
  }
  throw new Error(`moto did not start (exit code ${child.exitCode})`);
}
