import { value } from "./template.ts";

/** What an execution of the runner's state machine is started with. */
export interface RunnerInput {
  /** Where the run's state is kept, whose `job.json` has been written: `s3://bucket/prefix`. */
  state: string;
  /** Those to be done, of which one execution can have about 45,000: its input is 256 KiB at most. */
  segments: number[];
  /** Segments done at the same time; 0: as many as Lambda gives. */
  concurrency: number;
  /** When more of the segments have failed than that, no others are begun. */
  toleratedFailurePercentage: number;
}

/** What is thrown with this name will not pass by itself. */
export const REFUSED = "Refused";

/** Seconds before a segment that failed is tried again, at most: chance has it how much of them, for many may fail alike. */
const PAUSES = [2, 10, 60, 300];

/** Names in `${…}` are put in when the stack is made. */
const INVOKE = value("Invoke");

/** A call that does not answer though its time is up. */
const CALL_TIMEOUT_SECONDS = 960;

/** What fails before the function is begun. */
const NOT_BEGUN = [
  {
    // All that the account may run at the same time is running, for hours perhaps.
    ErrorEquals: ["Lambda.TooManyRequestsException"],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxDelaySeconds: 60,
    MaxAttempts: 1000,
    JitterStrategy: "FULL",
  },
  {
    ErrorEquals: [
      "Lambda.ServiceException",
      "Lambda.AWSLambdaException",
      "Lambda.SdkClientException",
      "Lambda.ClientExecutionTimeoutException",
    ],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxDelaySeconds: 60,
    MaxAttempts: 8,
    JitterStrategy: "FULL",
  },
];

const answers = (status: string, Next: string) => ({
  Variable: "$.answer.Payload.status",
  StringEquals: status,
  Next,
});

/**
 * One segment, in an execution of its own: called again until it is done. A call is seven events of a history that has room for 25,000.
 * Failures are counted over all of its calls: one that is in the way for ever must not be paid for for ever.
 */
const SEGMENT_STATES = {
  Work: {
    Type: "Task",
    Resource: INVOKE,
    Parameters: {
      FunctionName: value("SegmentFunction"),
      Payload: { "state.$": "$.state", "segment.$": "$.segment" },
    },
    TimeoutSeconds: CALL_TIMEOUT_SECONDS,
    ResultPath: "$.answer",
    Retry: NOT_BEGUN,
    Catch: [
      { ErrorEquals: [REFUSED], ResultPath: "$.failure", Next: "GivenUp" },
      { ErrorEquals: ["States.ALL"], ResultPath: "$.failure", Next: "TryAgain" },
    ],
    Next: "Answer",
  },
  Answer: {
    Type: "Choice",
    Choices: [answers("done", "Done"), answers("open", "Work"), answers("held", "Held")],
    Default: "Misunderstood",
  },
  // By another worker: one that has died, if nobody else was started on this run.
  Held: { Type: "Wait", SecondsPath: "$.answer.Payload.waitSeconds", Next: "Work" },
  TryAgain: {
    Type: "Choice",
    Choices: [{ Variable: "$.failures", NumericLessThan: PAUSES.length, Next: "Failed" }],
    Default: "GivenUp",
  },
  Failed: {
    Type: "Pass",
    Parameters: {
      "state.$": "$.state",
      "segment.$": "$.segment",
      "pauses.$": "$.pauses",
      "failures.$": "States.MathAdd($.failures, 1)",
      "pause.$": "States.MathRandom(1, States.ArrayGetItem($.pauses, $.failures))",
      "failure.$": "$.failure",
    },
    Next: "Pause",
  },
  Pause: { Type: "Wait", SecondsPath: "$.pause", Next: "Work" },
  GivenUp: { Type: "Fail", ErrorPath: "$.failure.Error", CausePath: "$.failure.Cause" },
  Misunderstood: {
    Type: "Fail",
    Error: "Misunderstood",
    CausePath: "States.JsonToString($.answer.Payload)",
  },
  // All outputs together are the map's, which has 256 KiB.
  Done: { Type: "Pass", Result: {}, End: true },
};

/**
 * The work on a run's segments, each until it is done, and then the collection of what came of it (Amazon States Language, JSONPath). Of
 * what fails the rest is collected all the same, and then the execution fails, naming what is missing: whoever starts another with
 * the same state goes on where it ended.
 */
export const RUNNER_MACHINE = {
  Comment: "ddbr: works on the segments of a run until all are done, and collects what came of it",
  StartAt: "Segments",
  States: {
    Segments: {
      Type: "Map",
      Label: "Segments",
      ItemsPath: "$.segments",
      MaxConcurrencyPath: "$.concurrency",
      ToleratedFailurePercentagePath: "$.toleratedFailurePercentage",
      ItemSelector: {
        "state.$": "$.state",
        "segment.$": "$$.Map.Item.Value",
        failures: 0,
        pauses: PAUSES,
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Work",
        States: SEGMENT_STATES,
      },
      // In place of the list, which nobody needs any more.
      ResultSelector: { "ended.$": "States.ArrayLength($)" },
      ResultPath: "$.segments",
      Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.segments", Next: "Collect" }],
      Next: "Collect",
    },
    Collect: {
      Type: "Task",
      Resource: INVOKE,
      Parameters: { FunctionName: value("CollectFunction"), Payload: { "state.$": "$.state" } },
      TimeoutSeconds: CALL_TIMEOUT_SECONDS,
      ResultSelector: { "summary.$": "$.Payload" },
      ResultPath: "$.collected",
      Retry: [
        ...NOT_BEGUN,
        { ErrorEquals: [REFUSED], MaxAttempts: 0 },
        {
          ErrorEquals: ["States.ALL"],
          IntervalSeconds: 5,
          BackoffRate: 4,
          MaxAttempts: 3,
          JitterStrategy: "FULL",
        },
      ],
      Next: "Outcome",
    },
    Outcome: {
      Type: "Choice",
      Choices: [
        {
          And: [
            { Variable: "$.collected.summary.outcome", StringEquals: "incomplete" },
            { Variable: "$.segments.Error", IsPresent: true },
          ],
          Next: "Stopped",
        },
        { Variable: "$.collected.summary.outcome", StringEquals: "incomplete", Next: "Incomplete" },
      ],
      Default: "Collected",
    },
    Stopped: {
      Type: "Fail",
      Error: "Incomplete",
      CausePath:
        "States.Format('{} ({}: {})', $.collected.summary.problem, $.segments.Error, $.segments.Cause)",
    },
    Incomplete: { Type: "Fail", Error: "Incomplete", CausePath: "$.collected.summary.problem" },
    Collected: { Type: "Pass", InputPath: "$.collected.summary", End: true },
  },
};
