import { Command, Option } from "clipanion";
import { StreamDeployCommand } from "./lambda/deploy-command.ts";
import { kmsKeyOption, storageClassOption } from "./options/keeping.ts";

/** Parses and hands on; the run itself is in lambda/run-deploy.ts. */
export class LambdaDeployBackupCommand extends StreamDeployCommand {
  static override paths = [["lambda", "deploy", "backup"]];
  static override usage = Command.Usage({
    description: "Deploy a function that keeps an incremental backup",
    details: `
      As \`lambda deploy replicator\`, with an incremental folder instead of a replica: \`<url>/<table's name>/\`. The bucket must keep
      versions, which are the records' history.

      A folder that is not filled yet is filled afterwards: \`incremental-backfill\`, then \`incremental-diff --repair\`.

      Exit codes: 0 done, or nothing to do; 2 wrong usage, or it failed; 130 stopped (CloudFormation goes on).
    `,
    examples: [
      [
        "Deploy an incremental backup",
        "$0 lambda deploy backup us-east-1/orders s3://backups/inc --code s3://code",
      ],
      [
        "Encrypted with a key",
        "$0 lambda deploy backup us-east-1/orders s3://backups/inc --code s3://deployments/ddbr " +
          "--kms-key-id arn:aws:kms:us-east-1:111111111111:key/0000",
      ],
    ],
  });

  url = Option.String({ name: "url" });
  s3Profile = Option.String("--s3-profile", { description: "AWS profile for looking at the bucket" });
  s3RoleArn = Option.String("--s3-role-arn", { description: "role to assume for that" });
  s3ExternalId = Option.String("--s3-external-id", { description: "external id of that role" });
  bucketRegion = Option.String("--bucket-region", {
    description: "region of the bucket (default: the function's)",
  });
  bucketOwner = Option.String("--expected-bucket-owner", {
    description: "account that the bucket must belong to",
  });
  functionRole = Option.String("--function-role", {
    description: "ARN of a role that the function assumes to write to the bucket",
  });
  functionExternalId = Option.String("--function-external-id", { description: "external id of that role" });
  kmsKeyId = kmsKeyOption();
  storageClass = storageClassOption();

  async execute(): Promise<number> {
    const { parseBackupRequest } = await import("./lambda/backup-request.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = parseBackupRequest(this);
    const mode = outputMode(this, process);
    const { runDeploy } = await import("./lambda/run-deploy.ts");
    return await runDeploy(request, mode);
  }
}
