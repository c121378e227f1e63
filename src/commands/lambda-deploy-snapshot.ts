import { Command, Option } from "clipanion";
import { DeployCommand } from "./lambda/deploy-command.ts";
import { kmsKeyOption, storageClassOption } from "./options/keeping.ts";

/** Parses and hands on; the run itself is in lambda/run-deploy.ts. */
export class LambdaDeploySnapshotCommand extends DeployCommand {
  static override paths = [["lambda", "deploy", "snapshot"]];
  static override usage = Command.Usage({
    description: "Deploy a function that takes snapshots on a schedule",
    details: `
      Rolls out a CloudFormation stack: the function, its role, an EventBridge rule that calls it, an alarm and the log. Each snapshot
      replaces the one before; where the bucket keeps versions those stay. A call of Lambda lasts 15 minutes at most: what takes longer
      is done by \`incremental-snapshot\` in a container.

      Exit codes: 0 done, or nothing to do; 2 wrong usage, or it failed; 130 stopped (CloudFormation goes on).
    `,
    examples: [
      ["See what would be changed", "$0 lambda deploy snapshot s3://bak/inc/orders s3://bak/o.gz --dry-run"],
      [
        "A snapshot every day",
        "$0 lambda deploy snapshot s3://backups/inc/orders s3://backups/daily/orders.gz --schedule 'rate(1 day)' --code s3://deployments/ddbr",
      ],
    ],
  });

  source = Option.String({ name: "source" });
  dest = Option.String({ name: "dest" });
  schedule = Option.String("--schedule", {
    description: "when: 'rate(1 day)', or 'cron(0 3 * * ? *)' in UTC",
  });
  region = Option.String("--region", {
    description: "region of the stack (default: the profile's or AWS_REGION)",
  });
  manifest = Option.Boolean("--manifest", {
    description: "write <dest>.manifest.json with counts and SHA-256 (the default; --no-manifest)",
  });
  sourceKmsKey = Option.String("--source-kms-key", {
    description: "ARN of the KMS key that the folder is encrypted with",
  });
  s3Profile = Option.String("--s3-profile", { description: "AWS profile for looking at the buckets" });
  s3RoleArn = Option.String("--s3-role-arn", { description: "role to assume for that" });
  s3ExternalId = Option.String("--s3-external-id", { description: "external id of that role" });
  bucketRegion = Option.String("--bucket-region", {
    description: "region of the buckets (default: the function's)",
  });
  bucketOwner = Option.String("--expected-bucket-owner", {
    description: "account that the buckets must belong to",
  });
  functionRole = Option.String("--function-role", {
    description: "ARN of a role that the function assumes to read and write",
  });
  functionExternalId = Option.String("--function-external-id", { description: "external id of that role" });
  kmsKeyId = kmsKeyOption();
  storageClass = storageClassOption();

  async execute(): Promise<number> {
    const { parseSnapshotRequest } = await import("./lambda/snapshot-request.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = parseSnapshotRequest(this);
    const mode = outputMode(this, process);
    const { runDeploy } = await import("./lambda/run-deploy.ts");
    return await runDeploy(request, mode);
  }
}
