import { Command, Option } from "clipanion";

/** Where stacks are, and whose. */
export abstract class StackCommand extends Command {
  profile = Option.String("--profile", { description: "AWS profile of the account that the stack is in" });
  roleArn = Option.String("--role-arn", { description: "role to assume there" });
  externalId = Option.String("--external-id", { description: "external id of that role" });
  json = Option.Boolean("--json", false, { description: "print one JSON event a line" });
  plain = Option.Boolean("--plain", false, { description: "print plain lines also on a terminal" });
  quiet = Option.Boolean("--quiet,-q", false, { description: "print what counts, no progress" });
}

/** And those that a stack's name is typed for. */
export abstract class NamedStackCommand extends StackCommand {
  stack = Option.String({ name: "stack" });
  region = Option.String("--region", {
    description: "region of the stack (default: the profile's or AWS_REGION)",
  });
}

/** What every deployment can be told; what isn't told stays as the stack has it. */
export abstract class DeployCommand extends StackCommand {
  name = Option.String("--name", { description: "name of the stack and of its function" });
  code = Option.String("--code", {
    description: "s3://bucket/prefix in the stack's region, where the functions' bundle is put",
  });
  dryRun = Option.Boolean("--dry-run", false, { description: "change nothing; show what would be changed" });
  yes = Option.Boolean("--yes,-y", false, { description: "do not ask" });

  architecture = Option.String("--architecture", { description: "arm64 (default) or x86_64" });
  runtime = Option.String("--runtime", { description: "nodejs24.x (default) or nodejs22.x" });
  memory = Option.String("--memory", { description: "MB of the function" });
  timeout = Option.String("--timeout", { description: "seconds of one call, at most" });
  logRetention = Option.String("--log-retention", {
    description: "days for which the log is kept (default: 30)",
  });
  alarmTopic = Option.String("--alarm-topic", { description: "ARN of an SNS topic that alarms are sent to" });
}

/** And those that read a table's stream. */
export abstract class StreamDeployCommand extends DeployCommand {
  primary = Option.String({ name: "primary" });

  batchSize = Option.String("--batch-size", { description: "records of one call, at most (default: 500)" });
  batchingWindow = Option.String("--batching-window", {
    description: "seconds for which records are gathered (default: 0)",
  });
  parallelization = Option.String("--parallelization", {
    description: "calls for a shard at the same time, 1 (default) to 10",
  });
  start = Option.String("--start", {
    description: "where a new stack begins: trim-horizon (default) or latest",
  });
  maxRecordAge = Option.String("--max-record-age", {
    description: "seconds after which a record is given up on (default: 43200)",
  });
  maxRetries = Option.String("--max-retries", {
    description: "attempts after which a record is given up on (default: 100)",
  });
  alarmLag = Option.String("--alarm-lag", {
    description: "seconds behind the table that raise an alarm (default: 900)",
  });
  turnoverRole = Option.String("--turnover-role", {
    description: "before, after or none: for handing a stream over between two functions",
  });
  turnoverAt = Option.String("--turnover-at", { description: "the moment of that, milliseconds since 1970" });
}
