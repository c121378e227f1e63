import { expect, test } from "bun:test";
import { problemsOf, problemsOfRunner } from "../../src/commands/lambda/status-problems.ts";
import type { FunctionStatus, SourceStatus } from "../../src/core/deploy/function-status.ts";
import type { RunnerStatus } from "../../src/core/deploy/runner/runner-status.ts";

const SOURCE: SourceStatus = {
  id: "1b0004bd-2312-4ae8-b4bb-31fede3b5bf5",
  state: "Enabled",
  reason: "User action",
  lastResult: "OK",
  streamArn: "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-11-20T00:48:05.899",
  startingPosition: "TRIM_HORIZON",
  batchSize: 500,
  batchingWindow: 0,
  parallelization: 1,
  maxRecordAge: 43_200,
  maxRetries: 100,
  bisects: true,
  partialAnswers: true,
  failureDestination: "arn:aws:sqs:eu-west-1:123456789012:orders-failed",
  failures: { waiting: 0, inFlight: 0 },
};

const STATUS: FunctionStatus = {
  region: "eu-west-1",
  stack: { status: "UPDATE_COMPLETE", reason: undefined },
  fn: {
    name: "orders",
    arn: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
    handler: "index.replicate",
    runtime: "nodejs24.x",
    architecture: "arm64",
    memory: 512,
    timeout: 60,
    state: "Active",
    codeSha256: "",
    variables: {},
    log: "/aws/lambda/orders",
  },
  sources: [SOURCE],
  metrics: { calls: 10, errors: 0, throttles: 3, lagMs: 200 },
};

const withSource = (changed: Partial<SourceStatus>) =>
  problemsOf({ ...STATUS, sources: [{ ...SOURCE, ...changed }] });

test("of a function that does well there is nothing to say", () => {
  expect(problemsOf(STATUS)).toEqual([]);
  expect(problemsOf({ ...STATUS, stack: undefined, sources: [] })).toEqual([]);
  expect(withSource({ lastResult: undefined, state: "Updating", failures: undefined })).toEqual([]);
});

test("a mapping without ReportBatchItemFailures is told, with the command that sets it right", () => {
  const [problem, ...others] = withSource({ partialAnswers: false });
  expect(others).toEqual([]);
  expect(problem).toContain("lacks ReportBatchItemFailures");
  expect(problem).toEndWith(
    `: aws lambda update-event-source-mapping --region eu-west-1 --uuid ${SOURCE.id} --function-response-types ReportBatchItemFailures`,
  );
  const two = [SOURCE, { ...SOURCE, id: "other", partialAnswers: false }];
  const ofTwo = problemsOf({ ...STATUS, sources: two });
  expect(ofTwo).toHaveLength(1);
  expect(ofTwo[0]).toContain("--uuid other");
});

test.each<[Partial<SourceStatus>, string]>([
  [{ state: "Disabled" }, "the event source mapping is Disabled: nothing is done"],
  [{ lastResult: "PROBLEM: Function call failed" }, "the last call: PROBLEM: Function call failed"],
  [{ failures: { waiting: 2, inFlight: 1 } }, "2 messages in the failure queue"],
  [{ failures: "absent" }, "the failure queue is not there"],
])("a mapping with %p has to be looked after", (changed, words) => {
  const problems = withSource(changed);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(words);
});

test.each<[Partial<FunctionStatus>, string]>([
  [{ stack: { status: "UPDATE_ROLLBACK_COMPLETE", reason: undefined } }, "its last change failed"],
  [{ metrics: { ...STATUS.metrics, errors: 1 } }, "see the log /aws/lambda/orders"],
  [{ fn: { ...STATUS.fn, state: "Failed" } }, "the function is Failed"],
])("a function with %p has to be looked after", (changed, words) => {
  const problems = problemsOf({ ...STATUS, ...changed });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(words);
});

const EXECUTION = {
  arn: "arn:aws:states:eu-west-1:123456789012:execution:runner:run",
  name: "run",
  status: "SUCCEEDED",
  startedAt: new Date(0),
  endedAt: new Date(1),
} as const;

const RUNNER: RunnerStatus = {
  region: "eu-west-1",
  stack: { status: "CREATE_COMPLETE", reason: undefined },
  state: "s3://state/runs",
  functions: ["runner-segment", "runner-collect"].map((name) => ({
    fn: { ...STATUS.fn, name, log: `/aws/lambda/${name}` },
    metrics: { ...STATUS.metrics, errors: 2 },
  })),
  executions: [EXECUTION, { ...EXECUTION, status: "FAILED" }],
};

test("a runner whose latest execution did not fail does well, though calls failed, which are repeated", () => {
  expect(problemsOfRunner(RUNNER)).toEqual([]);
  for (const status of ["RUNNING", "ABORTED"] as const) {
    expect(problemsOfRunner({ ...RUNNER, executions: [{ ...EXECUTION, status }] })).toEqual([]);
  }
  expect(problemsOfRunner({ ...RUNNER, executions: [] })).toEqual([]);
});

test.each<[Partial<RunnerStatus>, string]>([
  [{ stack: { status: "ROLLBACK_COMPLETE", reason: undefined } }, "its last change failed"],
  [
    { functions: [{ ...RUNNER.functions[0]!, fn: { ...RUNNER.functions[0]!.fn, state: "Failed" } }] },
    "runner-segment: the function is Failed",
  ],
  [{ executions: [{ ...EXECUTION, status: "FAILED" }] }, "the latest execution, run, FAILED"],
  [{ executions: [{ ...EXECUTION, status: "TIMED_OUT" }] }, "/aws/lambda/runner-segment"],
])("a runner with %p has to be looked after", (changed, words) => {
  const problems = problemsOfRunner({ ...RUNNER, ...changed });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(words);
});
