import { Command, Option } from "clipanion";
import { DeployCommand } from "./lambda/deploy-command.ts";

/** Parses and hands on; the run itself is in lambda/run-deploy.ts. */
export class LambdaDeployRunnerCommand extends DeployCommand {
  static override paths = [["lambda", "deploy", "runner"]];
  static override usage = Command.Usage({
    description: "Deploy a state machine that does large runs",
    details: `
      Rolls out a CloudFormation stack: a Step Functions state machine, which hands the segments of a run to a function, many at a time,
      each until it is done; a function that collects what came of it, their role, an alarm and their logs. Commands use it with
      \`--on\` and the stack's name.

      The functions may reach the tables and places that \`--reads\` and \`--writes\` name, and nothing else. What these options
      say replaces, together, what the stack has; other settings that are not given stay as they are.

      Exit codes: 0 done, or nothing to do; 2 wrong usage, or it failed; 130 stopped (CloudFormation goes on).
    `,
    examples: [
      ["Update its code, and keep its settings", "$0 lambda deploy runner --name ddbr-runner --dry-run"],
      [
        "Deploy a runner that compares two tables",
        "$0 lambda deploy runner --state s3://state/runs --reads us-east-1/orders --reads eu-west-1/orders --code s3://code",
      ],
      [
        "One that repairs the replica, and dumps the primary",
        "$0 lambda deploy runner --state s3://state/runs --reads us-east-1/orders --writes eu-west-1/orders " +
          "--writes s3://backups/dumps --code s3://code",
      ],
      ["Let it do a comparison", "$0 diff-tables us-east-1/orders eu-west-1/orders --on ddbr-runner"],
    ],
  });

  state = Option.String("--state", {
    description: "s3://bucket/prefix below which each run keeps its state",
  });
  reads = Option.Array("--reads", {
    description: "a table, or s3://bucket/folder, that runs may read (repeatable)",
  });
  writes = Option.Array("--writes", {
    description: "a table, or s3://bucket/folder, that they may write as well (repeatable)",
  });
  region = Option.String("--region", {
    description: "region of the stack (default: the profile's or AWS_REGION)",
  });
  kmsKey = Option.Array("--kms-key", {
    description: "ARN of a KMS key that these folders are encrypted with (repeatable)",
  });
  assumeRoleArn = Option.Array("--assume-role-arn", {
    description: "ARN of a role that runs may name, for another account (repeatable)",
  });
  collectMemory = Option.String("--collect-memory", {
    description: "MB of the function that collects (default: 1769)",
  });
  collectStorage = Option.String("--collect-storage", {
    description: "MB of its temporary storage (default: 2048)",
  });
  stateKmsKey = Option.String("--state-kms-key", {
    description: "ARN of a KMS key that the state is encrypted with",
  });
  bucketRegion = Option.String("--bucket-region", {
    description: "region of the state's bucket (default: the stack's)",
  });
  bucketOwner = Option.String("--expected-bucket-owner", {
    description: "account that the state's bucket must belong to",
  });

  async execute(): Promise<number> {
    const { parseRunnerRequest } = await import("./lambda/runner-request.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = parseRunnerRequest(this);
    const mode = outputMode(this, process);
    const { runDeploy } = await import("./lambda/run-deploy.ts");
    return await runDeploy(request, mode);
  }
}
