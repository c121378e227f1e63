import { alarm } from "./alarm.ts";
import { bucketParameter, KEY_PATTERN } from "./bucket-parts.ts";
import {
  FUNCTION_CONDITIONS,
  functionParameters,
  functionResource,
  functionRole,
  logGroup,
  MEMORY,
  role,
} from "./function-parts.ts";
import { RUNNER_MACHINE } from "./runner-machine.ts";
import {
  machineStatements,
  REACHED_CONDITIONS,
  REACHED_PARAMETERS,
  reachedStatements,
  stateStatements,
} from "./runner-rights.ts";
import { attribute, isSet, ref, sub, type Template, value } from "./template.ts";

/** With this memory a function has one whole processor. */
const SIZE = { memory: 1769, timeout: 900 };
export const STORAGE = { min: 512, max: 10_240 } as const;

const VARIABLES = {
  StateRegion: ref("StateRegion"),
  StateEncryptionKey: ref("StateEncryptionKey"),
  StateBucketOwner: ref("StateBucketOwner"),
};

/** Runs whose segments a state machine hands to Lambda, each until it is done. */
export const RUNNER: Template = {
  AWSTemplateFormatVersion: "2010-09-09",
  Description: "ddbr: works on the segments of large runs in Lambda, by a state machine",
  Parameters: {
    ...functionParameters(SIZE),
    CollectMemorySize: {
      Type: "Number",
      Description: "MB, of the function that collects what the segments came to",
      Default: SIZE.memory,
      MinValue: MEMORY.min,
      MaxValue: MEMORY.max,
    },
    CollectStorage: {
      Type: "Number",
      Description: "MB of temporary storage that it has",
      Default: 2048,
      MinValue: STORAGE.min,
      MaxValue: STORAGE.max,
    },
    StateBucket: bucketParameter("the runs' state; best one that keeps no versions"),
    StatePrefix: {
      Type: "String",
      Description: "What is above the runs' state, without slashes at its ends",
      Default: "runs",
      AllowedPattern: "^([^/].*[^/]|[^/])$",
    },
    StateRegion: {
      Type: "String",
      Description: "That bucket's region; empty: the functions'",
      Default: "",
      AllowedPattern: "^[a-z0-9-]*$",
    },
    StateEncryptionKey: {
      Type: "String",
      Description: "ARN of a KMS key that the state is encrypted with; empty: as the bucket does it",
      Default: "",
      AllowedPattern: KEY_PATTERN,
    },
    StateBucketOwner: {
      Type: "String",
      Description: "Account that the state's bucket must belong to; empty: any",
      Default: "",
      AllowedPattern: "^(\\d{12})?$",
    },
    ...REACHED_PARAMETERS,
  },
  Conditions: {
    ...FUNCTION_CONDITIONS,
    HasStateEncryptionKey: isSet("StateEncryptionKey"),
    ...REACHED_CONDITIONS,
  },
  Resources: {
    SegmentLogGroup: logGroup("Segment"),
    CollectLogGroup: logGroup("Collect"),
    Role: functionRole(
      [...stateStatements(), ...reachedStatements()],
      ["SegmentLogGroup", "CollectLogGroup"],
    ),
    SegmentFunction: functionResource(
      {
        description: "Works on one segment of a run as long as it may (ddbr)",
        handler: "segment",
        variables: VARIABLES,
      },
      "Segment",
    ),
    CollectFunction: functionResource(
      {
        description: "Collects what the segments of a run came to (ddbr)",
        handler: "collect",
        variables: VARIABLES,
        settings: {
          MemorySize: ref("CollectMemorySize"),
          EphemeralStorage: { Size: ref("CollectStorage") },
        },
      },
      "Collect",
    ),
    // Without a log: the history of each execution is kept for 90 days, and to write one takes rights on all logs of the account.
    MachineRole: role(
      "states.amazonaws.com",
      machineStatements([attribute("SegmentFunction", "Arn"), attribute("CollectFunction", "Arn")]),
    ),
    StateMachine: {
      Type: "AWS::StepFunctions::StateMachine",
      Properties: {
        StateMachineName: ref("AWS::StackName"),
        StateMachineType: "STANDARD",
        RoleArn: attribute("MachineRole", "Arn"),
        // As text, for CloudFormation is known to make strings of numbers.
        DefinitionString: `${JSON.stringify(RUNNER_MACHINE, undefined, 2)}\n`,
        DefinitionSubstitutions: {
          Invoke: sub(`arn:${value("AWS::Partition")}:states:::lambda:invoke`),
          SegmentFunction: attribute("SegmentFunction", "Arn"),
          CollectFunction: attribute("CollectFunction", "Arn"),
        },
      },
    },
    FailureAlarm: alarm({
      description: "A run ended before all of its segments were done, or could not be collected",
      namespace: "AWS/States",
      metric: "ExecutionsFailed",
      dimension: ["StateMachineArn", ref("StateMachine")],
      statistic: "Sum",
      threshold: 1,
      periods: 1,
      bad: 1,
    }),
  },
  Outputs: {
    StateMachineArn: { Description: "The state machine", Value: ref("StateMachine") },
    StateUrl: {
      Description: "What the places of runs' state begin with",
      Value: sub(`s3://${value("StateBucket")}/${value("StatePrefix")}`),
    },
    SegmentFunction: { Description: "The function that does segments", Value: ref("SegmentFunction") },
    CollectFunction: { Description: "The function that collects", Value: ref("CollectFunction") },
    SegmentLogGroup: { Description: "The log of the first", Value: ref("SegmentLogGroup") },
    CollectLogGroup: { Description: "The log of the second", Value: ref("CollectLogGroup") },
    RoleArn: { Description: "What both act as", Value: attribute("Role", "Arn") },
  },
};
