import { Command, Option } from "clipanion";
import { kmsKeyOption, sseOption, storageClassOption } from "./options/keeping.ts";
import { RecordFolderCommand } from "./record/folder-command.ts";

/** Parses and hands on; the run itself is in record/run-replicate-record.ts. */
export class IncrementalBackupRecordCommand extends RecordFolderCommand {
  static override paths = [["incremental-backup-record"]];
  static override usage = Command.Usage({
    description: "Write single records to their objects in a folder",
    details: `
      Puts the record as it is in the table now to \`<url>/<table's name>/\`, or deletes its object when the table does not have it,
      and shows it before and after. Reads both afterwards, and goes on until they agree. What is equal already is not written.
      The table is never written to.

      Keys are given as to \`diff-record\`. Of records that are named in a file it asks once before writing, on a terminal.

      Exit codes: 0 done and verified, or equal already (of a dry run: 1 when something would be written); 2 wrong usage, or
      something could not be done; 130 stopped.
    `,
    examples: [
      ["Back up a record", `$0 incremental-backup-record us-east-1/orders s3://backups '{"id":"abc"}'`],
      [
        "Look what it would do",
        `$0 incremental-backup-record us-east-1/orders s3://backups/inc '{"id":"abc"}' --dry-run`,
      ],
      [
        "Back up what a report tells of",
        "$0 incremental-backup-record us-east-1/orders s3://backups/inc --keys drift.ndjson",
      ],
    ],
  });

  dryRun = Option.Boolean("--dry-run", false, { description: "write nothing; show what would be written" });
  yes = Option.Boolean("--yes,-y", false, {
    description: "do not ask before writing (asked on a terminal only, for keys of a file)",
  });

  sse = sseOption();
  kmsKeyId = kmsKeyOption();
  storageClass = storageClassOption();

  async execute(): Promise<number> {
    const { openTableAndFolder, parseTableAndFolder } = await import("./record/sides.ts");
    const { runReplicateRecord } = await import("./record/run-replicate-record.ts");
    const request = parseTableAndFolder(this, { mayBegin: true });
    return await runReplicateRecord((signal) => openTableAndFolder(request, signal), this);
  }
}
