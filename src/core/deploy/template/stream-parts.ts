import { alarm, errorAlarm } from "./alarm.ts";
import {
  allow,
  attribute,
  type Parameter,
  type Resource,
  ref,
  type Statement,
  sub,
  value,
} from "./template.ts";

export const BATCH_SIZE = { min: 1, max: 10_000 } as const;
export const BATCHING_WINDOW = { min: 0, max: 300 } as const;
export const PARALLELIZATION = { min: 1, max: 10 } as const;
export const POSITIONS = ["TRIM_HORIZON", "LATEST"] as const;
export const RECORD_AGE = { min: 60, max: 86_400 } as const;
export const RETRY_ATTEMPTS = { min: 0, max: 10_000 } as const;
/** DynamoDB keeps a stream's records for a day. */
const DAY_MS = 86_400_000;
export const LAG_MS = { min: 1_000, max: DAY_MS } as const;

const TURNOVER_ROLES = ["", "BEFORE", "AFTER"] as const;

export const STREAM_PARAMETERS = {
  StreamArn: {
    Type: "String",
    Description: "ARN of the primary's stream, of view NEW_IMAGE or NEW_AND_OLD_IMAGES",
    AllowedPattern: "^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\\d{12}:table/[a-zA-Z0-9_.-]+/stream/\\S+$",
  },
  BatchSize: {
    Type: "Number",
    Description: "Records handed to one call, at most",
    Default: 500,
    MinValue: BATCH_SIZE.min,
    MaxValue: BATCH_SIZE.max,
  },
  BatchingWindow: {
    Type: "Number",
    Description: "Seconds for which records are gathered before a call",
    Default: 0,
    MinValue: BATCHING_WINDOW.min,
    MaxValue: BATCHING_WINDOW.max,
  },
  ParallelizationFactor: {
    Type: "Number",
    Description: "Calls for a shard at the same time; the records of one item stay in order",
    Default: 1,
    MinValue: PARALLELIZATION.min,
    MaxValue: PARALLELIZATION.max,
  },
  StartingPosition: {
    Type: "String",
    Description: "Where a new stack begins: all that the stream still holds, or what comes from now on",
    Default: POSITIONS[0],
    AllowedValues: POSITIONS,
  },
  MaximumRecordAge: {
    Type: "Number",
    Description:
      "Seconds after which a record is given up on; a stream holds it for a day, redrive needs some of that",
    Default: 43_200,
    MinValue: RECORD_AGE.min,
    MaxValue: RECORD_AGE.max,
  },
  MaximumRetryAttempts: {
    Type: "Number",
    Description: "Attempts after which a record is given up on",
    Default: 100,
    MinValue: RETRY_ATTEMPTS.min,
    MaxValue: RETRY_ATTEMPTS.max,
  },
  AlarmLag: {
    Type: "Number",
    Description: "Milliseconds that the function may be behind the table before an alarm",
    Default: 900_000,
    MinValue: LAG_MS.min,
    MaxValue: LAG_MS.max,
  },
  TurnoverRole: {
    Type: "String",
    Description:
      "For handing a stream over between two functions: does what happened BEFORE, or AFTER TurnoverAt",
    Default: TURNOVER_ROLES[0],
    AllowedValues: TURNOVER_ROLES,
  },
  TurnoverAt: {
    Type: "String",
    Description: "Milliseconds since 1970",
    Default: "",
    AllowedPattern: "^\\d*$",
  },
} satisfies Record<string, Parameter>;

export const STREAM_VARIABLES = { TurnoverRole: ref("TurnoverRole"), TurnoverAt: ref("TurnoverAt") };

/** What Lambda does in the function's name: reading the stream, and telling of records that were given up on. */
export function streamStatements(): Statement[] {
  return [
    allow(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], ref("StreamArn")),
    // Streams are listed by table: which one it is the list tells.
    allow(["dynamodb:ListStreams"], {
      "Fn::Join": ["", [{ "Fn::Select": [0, { "Fn::Split": ["/stream/", ref("StreamArn")] }] }, "/stream/*"]],
    }),
    allow(["sqs:SendMessage"], attribute("FailureQueue", "Arn")),
  ];
}

/** How the stream comes to the function, and where that what is given up on is told. */
export function streamResources(): Record<string, Resource> {
  return {
    FailureQueue: {
      Type: "AWS::SQS::Queue",
      Properties: {
        QueueName: sub(`${value("AWS::StackName")}-failed`),
        MessageRetentionPeriod: 1_209_600,
        SqsManagedSseEnabled: true,
      },
    },
    EventSource: {
      Type: "AWS::Lambda::EventSourceMapping",
      Properties: {
        FunctionName: ref("Function"),
        EventSourceArn: ref("StreamArn"),
        StartingPosition: ref("StartingPosition"),
        BatchSize: ref("BatchSize"),
        MaximumBatchingWindowInSeconds: ref("BatchingWindow"),
        ParallelizationFactor: ref("ParallelizationFactor"),
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        BisectBatchOnFunctionError: true,
        MaximumRecordAgeInSeconds: ref("MaximumRecordAge"),
        MaximumRetryAttempts: ref("MaximumRetryAttempts"),
        DestinationConfig: { OnFailure: { Destination: attribute("FailureQueue", "Arn") } },
      },
    },
    LagAlarm: alarm({
      description: "The function is behind the table",
      namespace: "AWS/Lambda",
      metric: "IteratorAge",
      dimension: ["FunctionName", ref("Function")],
      statistic: "Maximum",
      threshold: ref("AlarmLag"),
      periods: 1,
      bad: 1,
    }),
    // One failed call is repeated.
    ErrorAlarm: errorAlarm("Calls of the function keep failing", 2),
    FailureAlarm: alarm({
      description: "Records were given up on: ddbr lambda redrive",
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimension: ["QueueName", attribute("FailureQueue", "QueueName")],
      statistic: "Maximum",
      threshold: 1,
      periods: 1,
      bad: 1,
    }),
  };
}

export const streamOutputs = {
  EventSource: { Description: "UUID of the event source mapping", Value: ref("EventSource") },
  FailureQueue: {
    Description: "URL of the queue that tells of records given up on",
    Value: ref("FailureQueue"),
  },
};
