import { Command, Option } from "clipanion";
import { PartRestoreCommand } from "./restore/part-restore-command.ts";
import { undoFileOption } from "./restore/plan-options.ts";

/** Parses and hands on; the run itself is in restore/run-rewind.ts. */
export class RewindCommand extends PartRestoreCommand {
  static override paths = [["rewind"]];
  static override usage = Command.Usage({
    description: "Undo what happened to a table in a window of time",
    details: `
      Every record that changed in the window goes back to what it was at \`--from\`, by the versions of the table's incremental folder (the
      table's name is appended to \`<url>\`). A record that changed again after \`--to\` is left alone and named, unless \`--force\`.

      As \`restore-table\`: shows the plan, asks, writes each record on condition that it still is as planned on, verifies, and keeps what it
      replaces in an undo file.

      Exit codes: 0 done and verified (or a dry run, or nothing to do); 1 some records were left alone, or others wrote them meanwhile;
      2 wrong usage, or something could not be done; 130 stopped, or answered with no.
    `,
    examples: [
      [
        "Take back what happened on a day (UTC)",
        "$0 rewind us-east-1/orders s3://backups --from 2026-11-17 --to 2026-11-18",
      ],
      [
        "A bad deploy wrote garbage from 14:03 to 14:20: what would go back?",
        "$0 rewind us-east-1/orders s3://backups --from 2026-11-17T14:03Z --to 2026-11-17T14:20Z --dry-run",
      ],
      [
        "The same, for one customer",
        "$0 rewind us-east-1/orders s3://backups --from 2026-11-17T14:03Z --to 2026-11-17T14:20Z --partition customer-17",
      ],
    ],
  });

  table = Option.String({ name: "table" });
  url = Option.String({ name: "url" });

  from = Option.String("--from", {
    description: "the window's beginning, which is needed: records go back to what they were then",
  });
  to = Option.String("--to", { description: "the window's end, which is needed" });
  force = Option.Boolean("--force", false, {
    description: "also records that changed again after the window",
  });
  undoFile = undoFileOption("rewind");
  /** Single records are always read so. */
  override consistent = Option.Boolean("--consistent", false, { hidden: true });

  async execute(): Promise<number> {
    const { parseRewind, runRewind } = await import("./restore/run-rewind.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = parseRewind(this);
    return await runRewind(request, outputMode(this, process));
  }
}
