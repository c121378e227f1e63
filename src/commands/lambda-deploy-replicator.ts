import { Command, Option } from "clipanion";
import { StreamDeployCommand } from "./lambda/deploy-command.ts";

/** Parses and hands on; the run itself is in lambda/run-deploy.ts. */
export class LambdaDeployReplicatorCommand extends StreamDeployCommand {
  static override paths = [["lambda", "deploy", "replicator"]];
  static override usage = Command.Usage({
    description: "Deploy a function that keeps a replica up to date",
    details: `
      Rolls out a CloudFormation stack in the primary's region: the function, a role that may do only what it does, the event source
      mapping, a queue for what is given up on, alarms and the log. The function's code is in this program; it is put to \`--code\`.

      Shows what will change and asks before anything is changed. Where the primary's stream is off it offers to turn it on. What exists
      already is updated; settings that are not given stay as they are.

      A replica that is not filled yet is filled afterwards: \`diff-tables --backfill\`, then \`diff-tables --repair\`.

      Exit codes: 0 done, or nothing to do; 2 wrong usage, or it failed; 130 stopped (CloudFormation goes on).
    `,
    examples: [
      ["Deploy a replicator", "$0 lambda deploy replicator us-east-1/jobs eu-west-1/jobs --code s3://code"],
      [
        "See what a new version would change",
        "$0 lambda deploy replicator us-east-1/orders eu-west-1/orders --dry-run",
      ],
      [
        "With alarms, to a replica of another account",
        "$0 lambda deploy replicator us-east-1/orders us-east-1/orders --replica-profile backup " +
          "--function-role arn:aws:iam::222222222222:role/orders-writer --alarm-topic arn:aws:sns:us-east-1:111111111111:ops",
      ],
    ],
  });

  replica = Option.String({ name: "replica" });
  replicaProfile = Option.String("--replica-profile", {
    description: "AWS profile for looking at the replica",
  });
  replicaRoleArn = Option.String("--replica-role-arn", { description: "role to assume for that" });
  replicaExternalId = Option.String("--replica-external-id", { description: "external id of that role" });
  functionRole = Option.String("--function-role", {
    description: "ARN of a role that the function assumes to write the replica",
  });
  functionExternalId = Option.String("--function-external-id", { description: "external id of that role" });

  async execute(): Promise<number> {
    const { parseReplicatorRequest } = await import("./lambda/replicator-request.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = parseReplicatorRequest(this);
    const mode = outputMode(this, process);
    const { runDeploy } = await import("./lambda/run-deploy.ts");
    return await runDeploy(request, mode);
  }
}
