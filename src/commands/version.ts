import { Command } from "clipanion";
import { version } from "../../package.json";

export const VERSION: string = version;

/** `ddbr --version` */
export class VersionCommand extends Command {
  static override paths = [["--version"], ["-v"]];

  async execute(): Promise<void> {
    this.context.stdout.write(`${VERSION}\n`);
  }
}
