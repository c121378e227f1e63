import {
  allow,
  attribute,
  isSet,
  type Parameter,
  type Resource,
  ref,
  type Statement,
  sub,
  value,
} from "./template.ts";

/** Lambda keeps no logs of a function for other numbers of days. */
export const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;
export const ARCHITECTURES = ["arm64", "x86_64"] as const;
export const RUNTIMES = ["nodejs24.x", "nodejs22.x"] as const;
export const MEMORY = { min: 128, max: 10_240 } as const;
export const TIMEOUT = { min: 3, max: 900 } as const;

export interface FunctionParts {
  description: string;
  /** Of `index.mjs` in the bundle. */
  handler: "replicate" | "backup" | "snapshot" | "segment" | "collect";
  variables: Record<string, object>;
  /** Properties that are other than usual. */
  settings?: object;
}

/** A role's ARN; of roles in another account too. */
export const ROLE_PATTERN = "^(arn:aws[a-z-]*:iam::\\d{12}:role/\\S+)?$";

export function functionParameters({ memory, timeout }: { memory: number; timeout: number }) {
  return {
    CodeBucket: {
      Type: "String",
      Description: "Bucket that holds the bundle (lambda.zip), in the stack's region",
      MinLength: 3,
    },
    CodeKey: { Type: "String", Description: "Key of the bundle in it", MinLength: 1 },
    Architecture: {
      Type: "String",
      Description: "The bundle runs on both",
      Default: ARCHITECTURES[0],
      AllowedValues: ARCHITECTURES,
    },
    Runtime: {
      Type: "String",
      Description: "Version of Node.js",
      Default: RUNTIMES[0],
      AllowedValues: RUNTIMES,
    },
    MemorySize: {
      Type: "Number",
      Description: "MB; CPU grows with it",
      Default: memory,
      MinValue: MEMORY.min,
      MaxValue: MEMORY.max,
    },
    Timeout: {
      Type: "Number",
      Description: "Seconds for one call",
      Default: timeout,
      MinValue: TIMEOUT.min,
      MaxValue: TIMEOUT.max,
    },
    LogRetention: {
      Type: "Number",
      Description: "Days for which the log is kept",
      Default: 30,
      AllowedValues: LOG_DAYS,
    },
    AlarmTopic: {
      Type: "String",
      Description: "ARN of an SNS topic that alarms are sent to; empty: none",
      Default: "",
      AllowedPattern: "^(arn:aws[a-z-]*:sns:[a-z0-9-]+:\\d{12}:\\S+)?$",
    },
  } satisfies Record<string, Parameter>;
}

export const FUNCTION_CONDITIONS = { HasAlarmTopic: isSet("AlarmTopic") };

/** The function, its role and its log. The function is called what the stack is called. */
export function functionResources({
  statements,
  ...parts
}: FunctionParts & {
  /** What the function may do, besides writing its log. */
  statements: object[];
}): Record<string, Resource> {
  return {
    LogGroup: logGroup(),
    Role: functionRole(statements, ["LogGroup"]),
    Function: functionResource(parts),
  };
}

/** Of a stack with several functions, which. */
export type FunctionPart = "Segment" | "Collect";

const nameOf = (part: FunctionPart | undefined) =>
  `${value("AWS::StackName")}${part === undefined ? "" : `-${part.toLowerCase()}`}`;

/** @param part as of {@link functionResource} */
export function logGroup(part?: FunctionPart): Resource {
  return {
    Type: "AWS::Logs::LogGroup",
    Properties: {
      LogGroupName: sub(`/aws/lambda/${nameOf(part)}`),
      RetentionInDays: ref("LogRetention"),
    },
  };
}

/** @param logGroups resources that it may write */
export function functionRole(statements: object[], logGroups: string[]): Resource {
  const logs = logGroups.map((name) => attribute(name, "Arn"));
  const log = allow(["logs:CreateLogStream", "logs:PutLogEvents"], logs.length === 1 ? logs[0]! : logs);
  return role("lambda.amazonaws.com", [...statements, log]);
}

/** A role that a service of AWS's assumes. */
export function role(service: string, statements: object[]): Resource {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
      },
      Policies: [{ PolicyName: "ddbr", PolicyDocument: { Version: "2012-10-17", Statement: statements } }],
    },
  };
}

/** @param part of a stack with several functions, which: its name ends with it, and the name of its log group begins with it */
export function functionResource(parts: FunctionParts, part?: FunctionPart): Resource {
  return {
    Type: "AWS::Lambda::Function",
    Properties: {
      FunctionName: part === undefined ? ref("AWS::StackName") : sub(nameOf(part)),
      Description: parts.description,
      Handler: `index.${parts.handler}`,
      Code: { S3Bucket: ref("CodeBucket"), S3Key: ref("CodeKey") },
      Runtime: ref("Runtime"),
      Architectures: [ref("Architecture")],
      MemorySize: ref("MemorySize"),
      Timeout: ref("Timeout"),
      Role: attribute("Role", "Arn"),
      LoggingConfig: { LogGroup: ref(`${part ?? ""}LogGroup`) },
      Environment: { Variables: parts.variables },
      ...parts.settings,
    },
  };
}

/** Right to act as a role of, mostly, another account. */
export function assumeStatement(role: string): Statement {
  return allow(["sts:AssumeRole"], ref(role));
}

export const functionOutputs = {
  FunctionName: { Description: "The function", Value: ref("Function") },
  LogGroup: { Description: "Its log", Value: ref("LogGroup") },
  RoleArn: { Description: "What it acts as", Value: attribute("Role", "Arn") },
};
