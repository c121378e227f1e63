import { Command } from "clipanion";
import { RecordFolderCommand } from "./record/folder-command.ts";

/** Parses and hands on; the run itself is in record/run-diff-record.ts. */
export class IncrementalDiffRecordCommand extends RecordFolderCommand {
  static override paths = [["incremental-diff-record"]];
  static override usage = Command.Usage({
    description: "Compare single records with their objects in a folder",
    details: `
      Reads the record in the table and its object in \`<url>/<table's name>/\`, and shows them as \`diff-record\` does: \`~\` it differs, \`+\`
      only in the table, \`-\` only in the backup. A record that was found under a name that older tools have given it is
      compared all the same, and that is said.

      Exit codes: 0 equivalent; 1 different; 2 wrong usage, or something could not be done; 130 stopped.
    `,
    examples: [
      ["Compare a record", `$0 incremental-diff-record us-east-1/orders s3://backups '{"id":"abc"}'`],
      ["In a directory", `$0 incremental-diff-record us-east-1/orders /mnt/backups/inc '{"id":"abc"}'`],
      ["Many records", "$0 incremental-diff-record us-east-1/orders s3://backups/inc --keys keys.ndjson"],
    ],
  });

  async execute(): Promise<number> {
    const { openTableAndFolder, parseTableAndFolder } = await import("./record/sides.ts");
    const { runDiffRecord } = await import("./record/run-diff-record.ts");
    const request = parseTableAndFolder(this, { mayBegin: false });
    return await runDiffRecord((signal) => openTableAndFolder(request, signal), this);
  }
}
