import { Command } from "clipanion";
import { NamedStackCommand } from "./lambda/deploy-command.ts";

/** Parses and hands on; the run itself is in lambda/show-status.ts. */
export class LambdaStatusCommand extends NamedStackCommand {
  static override paths = [["lambda", "status"]];
  static override usage = Command.Usage({
    description: "Show how a function does: stream, lag, errors, failures",
    details: `
      Takes the name of a stack of \`lambda deploy\`, or of any function. Lag and errors come from CloudWatch, some minutes late.

      Exit codes: 0 all is well; 1 something has to be looked after; 2 wrong usage or failure.
    `,
    examples: [["How is the replicator?", "$0 lambda status ddbr-replicator-orders"]],
  });

  async execute(): Promise<number> {
    const { showStatus } = await import("./lambda/show-status.ts");
    return await showStatus(this);
  }
}
