import { Command, Option } from "clipanion";
import { overviewText } from "./shell/overview-text.ts";

/** `ddbr help`; with a command behind it, the runner has made it `ddbr <command> --help` by then. */
export class HelpCommand extends Command {
  static override paths = [["help"]];
  static override usage = Command.Usage({
    description: "Show what a command does and which options it takes",
  });

  command = Option.String({ name: "command", required: false });

  async execute(): Promise<void> {
    this.context.stdout.write(overviewText(this.cli));
  }
}
