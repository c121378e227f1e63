import { Command, Option } from "clipanion";
import { NamedStackCommand } from "./lambda/deploy-command.ts";

/** Parses and hands on; the run itself is in lambda/run-redrive.ts. */
export class LambdaRedriveCommand extends NamedStackCommand {
  static override paths = [["lambda", "redrive"]];
  static override usage = Command.Usage({
    description: "Mend the records that a function has given up on",
    details: `
      The queue's messages say where in the stream the records are. While the stream holds them (a day), they are read again and mended:
      of a replica, each record is made what the primary's is now; of a backup, the images go into the records' histories, and each
      ends with what the table holds now. A message is deleted when all that it tells of is mended.

      Where the stream does not hold them any more, the function's log may name their keys: then each is made what the primary holds now.
      Where it does not, nobody knows which records they were: then the whole is compared (\`diff-tables --repair\`,
      \`incremental-diff --repair\`), and afterwards \`--drop-lost\` deletes such messages.

      Exit codes: 0 the queue is done with; 1 messages are left; 2 wrong usage or failure; 130 stopped.
    `,
    examples: [
      ["Mend what was given up on", "$0 lambda redrive ddbr-replicator-orders"],
      ["See what there is", "$0 lambda redrive ddbr-replicator-orders --dry-run"],
    ],
  });

  dryRun = Option.Boolean("--dry-run", false, { description: "mend nothing; say what there is" });
  dropLost = Option.Boolean("--drop-lost", false, {
    description: "delete messages whose records the stream does not hold any more",
  });
  targetProfile = Option.String("--target-profile", {
    description: "AWS profile for the replica or the bucket",
  });
  targetRoleArn = Option.String("--target-role-arn", { description: "role to assume for that" });
  targetExternalId = Option.String("--target-external-id", { description: "external id of that role" });
  patience = Option.String("--patience", {
    description: "seconds for which a failing request is repeated (default: 60)",
  });

  async execute(): Promise<number> {
    const { outputMode } = await import("./output/mode.ts");
    const mode = outputMode(this, process);
    const { runRedrive } = await import("./lambda/run-redrive.ts");
    return await runRedrive(this, mode);
  }
}
