import { Command, Option } from "clipanion";
import { TableTransferCommand } from "./options/transfer-command.ts";

/** Parses and hands on; the run itself is in restore/run-restore-record.ts. */
export class RestoreRecordCommand extends TableTransferCommand {
  static override paths = [["restore-record"]];
  static override usage = Command.Usage({
    description: "Bring one record back, as of a moment or a version",
    details: `
      Finds what the record was in the table's incremental folder (the table's name is appended to \`<url>\`), shows it beside what the table
      has now, asks, writes it on condition that the record still is as shown, and reads it again. What the record was may be
      nothing: then it is DELETED. \`record-history\` shows all versions.

      Exit codes: 0 restored and verified, or like that already (or a dry run); 1 somebody else wrote the record meanwhile; 2 wrong usage, or
      something could not be done; 130 stopped, or answered with no.
    `,
    examples: [
      [
        "As it was at midnight (UTC)",
        `$0 restore-record us-east-1/orders s3://backups '{"id":1}' --at 2026-11-17`,
      ],
      [
        "As it was at a moment; look first",
        `$0 restore-record us-east-1/orders s3://backups '{"id":1}' --at 2026-11-17T14:03:00Z --dry-run`,
      ],
      [
        "A version, without being asked",
        `$0 restore-record us-east-1/orders s3://backups '{"id":1}' --version 3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY --yes`,
      ],
    ],
  });

  table = Option.String({ name: "table" });
  url = Option.String({ name: "url" });
  key = Option.String({ name: "key" });

  at = Option.String("--at", {
    description: "the moment whose state is wanted, e.g. 2026-11-17T14:03:00Z",
  });
  version = Option.String("--version", { description: "the id of the version that is wanted" });
  dryRun = Option.Boolean("--dry-run", false, { description: "write nothing; show what would be written" });
  yes = Option.Boolean("--yes,-y", false, { description: "write without asking" });
  override quiet = Option.Boolean("--quiet,-q", false, { description: "print no attributes" });
  /** A single record is always read so. */
  override consistent = Option.Boolean("--consistent", false, { hidden: true });
  /** There is nothing to pace. */
  override maxRcu = Option.String("--max-rcu", { hidden: true });

  async execute(): Promise<number> {
    const { parseRestoreRecord, runRestoreRecord } = await import("./restore/run-restore-record.ts");
    const request = parseRestoreRecord(this);
    return await runRestoreRecord(request, this);
  }
}
