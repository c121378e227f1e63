import { afterEach, expect, test } from "bun:test";
import { failureOf } from "../../src/core/deploy/runner/execution-failure.ts";
import { type Execution, openExecutions } from "../../src/core/deploy/runner/executions.ts";

const MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:runner";
const RUN = "arn:aws:states:us-east-1:123456789012:execution:runner:run";
const MAP_RUN = "arn:aws:states:us-east-1:123456789012:mapRun:runner/Segments:one";
const KEYS = { accessKeyId: "test", secretAccessKey: "test" };
const SIGNAL = new AbortController().signal;

const child = (name: string) => `${RUN}-${name}`;
const failedAt = (name: string, seconds: number) => ({
  executionArn: child(name),
  stateMachineArn: MACHINE,
  name,
  status: "FAILED",
  startDate: 1_000,
  stopDate: 1_000 + seconds,
});

type Answers = Record<string, object | ((asked: Record<string, unknown>) => object)>;

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

/** A Step Functions that answers so; an operation without an answer is refused. */
async function stepFunctions(answers: Answers) {
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const operation = request.headers.get("x-amz-target")!.split(".")[1]!;
      asked.push(operation);
      const refused = { __type: "AccessDeniedException", message: `not allowed to ${operation}` };
      const answer = answers[operation] ?? refused;
      const body =
        typeof answer === "function" ? answer((await request.json()) as Record<string, unknown>) : answer;
      return Response.json(body, { status: "__type" in body ? 400 : 200 });
    },
  });
  const before = process.env.AWS_ENDPOINT_URL_SFN;
  process.env.AWS_ENDPOINT_URL_SFN = `http://127.0.0.1:${server.port}`;
  const executions = await openExecutions({ region: "us-east-1", access: { keys: KEYS } }, MACHINE);
  stop = async () => {
    executions.close();
    if (before === undefined) delete process.env.AWS_ENDPOINT_URL_SFN;
    else process.env.AWS_ENDPOINT_URL_SFN = before;
    await server.stop(true);
  };
  return { executions, asked };
}

const ended = (told: Partial<Execution>): Execution => ({
  arn: RUN,
  name: "run",
  status: "FAILED",
  error: undefined,
  cause: undefined,
  input: "{}",
  ...told,
});
const INCOMPLETE = ended({ error: "Incomplete", cause: "2 of 4 segments are not done: 1, 3" });

const describing = (cause: string, input: string) => ({
  ListMapRuns: { mapRuns: [{ mapRunArn: MAP_RUN }] },
  ListExecutions: { executions: [failedAt("a", 1)] },
  DescribeExecution: {
    executionArn: child("a"),
    status: "FAILED",
    startDate: 1,
    error: "Refused",
    cause,
    input,
  },
});

test("of all that failed, on every page, the first is told, with its segment", async () => {
  const { executions } = await stepFunctions({
    ListMapRuns({ executionArn }) {
      expect(executionArn).toBe(RUN);
      return { mapRuns: [{ executionArn: RUN, mapRunArn: MAP_RUN, startDate: 1 }] };
    },
    ListExecutions({ mapRunArn, statusFilter, nextToken }) {
      expect({ mapRunArn, statusFilter }).toEqual({ mapRunArn: MAP_RUN, statusFilter: "FAILED" });
      return nextToken === "more"
        ? { executions: [failedAt("b", 5), failedAt("first", 2), failedAt("c", 3)] }
        : { executions: [failedAt("last", 9), failedAt("a", 7)], nextToken: "more" };
    },
    DescribeExecution({ executionArn }) {
      const cause = {
        errorType: "Refused",
        errorMessage: "orders: no such table - check the name",
        trace: ["at x"],
      };
      return {
        executionArn,
        status: "FAILED",
        startDate: 1,
        input: JSON.stringify({ state: "s3://b/run", segment: executionArn === child("first") ? 3 : 0 }),
        error: "Refused",
        cause: JSON.stringify(cause),
      };
    },
  });
  expect(await failureOf(executions, INCOMPLETE, SIGNAL)).toEqual({
    segment: 3,
    reason: "orders: no such table - check the name",
  });
});

test("who may not look at the map's executions is told what the state machine says", async () => {
  const { executions, asked } = await stepFunctions({});
  const reason = "Incomplete: 2 of 4 segments are not done: 1, 3";
  expect(await failureOf(executions, INCOMPLETE, SIGNAL)).toEqual({ reason });
  expect(asked).toEqual(["ListMapRuns"]);
});

test("one that was stopped is told of in the words of whoever did it", async () => {
  const { executions } = await stepFunctions({ ListMapRuns: { mapRuns: [] } });
  const stopped = ended({ status: "ABORTED", error: "TooMuch", cause: "the night\n is over" });
  expect(await failureOf(executions, stopped, SIGNAL)).toEqual({ reason: "TooMuch: the night is over" });
  const silent = ended({ status: "ABORTED", error: "", cause: "" });
  expect(await failureOf(executions, silent, SIGNAL)).toEqual({ reason: "nothing is said of why" });
});

test.each([
  ["text", "no JSON at all", "not JSON", "Refused: no JSON at all"],
  ["JSON of another kind", '{"errorMessage": 3}', "{}", 'Refused: {"errorMessage": 3}'],
  ["long", `{"errorMessage": "${"x".repeat(2000)}"}`, '{"segment": "a"}', "x".repeat(500)],
])("a cause that is %s is told as far as it can be", async (_, cause, input, reason) => {
  const { executions } = await stepFunctions(describing(cause, input));
  expect(await failureOf(executions, INCOMPLETE, SIGNAL)).toEqual({ reason });
});

test("an execution that is there already is not begun twice; what is not there is not found", async () => {
  const { executions } = await stepFunctions({
    StartExecution: { __type: "ExecutionAlreadyExists", message: "Execution Already Exists" },
    DescribeExecution: { __type: "ExecutionDoesNotExist", message: "Execution Does Not Exist" },
  });
  const input = { state: "s3://b/run", segments: [0], concurrency: 1, toleratedFailurePercentage: 0 };
  await executions.start("run", input, SIGNAL);
  expect(await executions.find("run", SIGNAL)).toBeUndefined();
  expect(executions.arnOf("run")).toBe(RUN);
});
