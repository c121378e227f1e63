import { Command, Option } from "clipanion";
import { NamedStackCommand } from "./lambda/deploy-command.ts";

/** Parses and hands on; the run itself is in lambda/run-remove.ts. */
export class LambdaRemoveCommand extends NamedStackCommand {
  static override paths = [["lambda", "remove"]];
  static override usage = Command.Usage({
    description: "Delete a function's stack; tables and buckets stay",
    details: `
      Deletes what \`lambda deploy\` has made: the function, its role, the event source mapping, the failure queue, alarms and the log.
      Tables, their streams, buckets and what is in them stay. Refuses while messages wait in the failure queue, unless
      \`--discard-failures\` says that they go with it.

      Exit codes: 0 deleted; 2 wrong usage, or it failed; 130 stopped.
    `,
    examples: [["Remove a replicator", "$0 lambda remove ddbr-replicator-orders"]],
  });

  yes = Option.Boolean("--yes,-y", false, { description: "do not ask" });
  discardFailures = Option.Boolean("--discard-failures", false, {
    description: "also when messages wait in the failure queue",
  });

  async execute(): Promise<number> {
    const { outputMode } = await import("./output/mode.ts");
    const mode = outputMode(this, process);
    const { runRemove } = await import("./lambda/run-remove.ts");
    return await runRemove(this, mode);
  }
}
