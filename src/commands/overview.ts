import { Command } from "clipanion";
import { overviewText } from "./shell/overview-text.ts";

/** `ddbr` alone and `ddbr --help` */
export class OverviewCommand extends Command {
  static override paths = [Command.Default, ["--help"], ["-h"]];

  async execute(): Promise<void> {
    this.context.stdout.write(overviewText(this.cli));
  }
}
