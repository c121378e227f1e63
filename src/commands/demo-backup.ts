import { Command, Option } from "clipanion";

/** Parses and hands on; the demo itself is in demo/run-demo-backup.ts. */
export class DemoBackupCommand extends Command {
  static override paths = [["demo", "backup"]];
  static override usage = Command.Usage({
    description: "Try the backups on a table that is built in",
    details: `
      Starts a DynamoDB in memory with a table of orders, and backs it up into a directory record by record. Then some orders
      are changed, added and deleted; the backup is compared with the table, repaired, folded into a snapshot (as it
      is now, and as it was before), and the table is dumped and compared with the dump.
      Needs no account, no network and no Java.

      Exit codes: 0 the backups equal the table at the end; 1 the folder was not repaired; 2 something failed; 130 stopped.
    `,
    examples: [
      ["Watch backups being made and checked", "$0 demo backup"],
      ["Keep what was written, to look at it", "$0 demo backup --into ./demo-backups"],
    ],
  });

  into = Option.String("--into", {
    description: "a new directory to write to, which is kept (default: a temporary one)",
  });
  json = Option.Boolean("--json", false, { description: "print one JSON event a line" });
  plain = Option.Boolean("--plain", false, { description: "print plain lines also on a terminal" });
  quiet = Option.Boolean("--quiet,-q", false, {
    description: "print discrepancies and summaries, no progress",
  });

  async execute(): Promise<number> {
    const { outputMode } = await import("./output/mode.ts");
    const mode = outputMode(this, process);
    const { runDemoBackup } = await import("./demo/run-demo-backup.ts");
    return await runDemoBackup({ mode, into: this.into });
  }
}
