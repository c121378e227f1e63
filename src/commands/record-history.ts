import { Command, Option } from "clipanion";
import { TableTransferCommand } from "./options/transfer-command.ts";

/** Parses and hands on; the run itself is in history/run-record-history.ts. */
export class RecordHistoryCommand extends TableTransferCommand {
  static override paths = [["record-history"], ["incremental-record-history"]];
  static override usage = Command.Usage({
    description: "Browse every version of a record, and restore one",
    details: `
      Reads the versions that an incremental folder keeps of one record, newest first: on a terminal as a timeline to browse,
      search, compare and restore from; off a terminal each as its time and the item.

      \`<url>\` is the folder that holds the table's incremental folder (the table's name is appended). The key is JSON,
      \`{"id":"abc"}\`, typed by the table's key schema; a table that is gone has none, then numbers are N, texts S.

      Exit codes: 0 shown; 1 the record was never there; 2 wrong usage, or something could not be done; 130 stopped.
    `,
    examples: [
      ["Browse a record's history", `$0 record-history us-east-1/orders s3://backups/inc '{"id":"abc"}'`],
      [
        "Every version as a line of JSON",
        `$0 record-history us-east-1/orders s3://backups/inc '{"id":"abc"}' --json`,
      ],
      [
        "Of a table that is gone, whose key is a number given as text",
        `$0 record-history us-east-1/gone /mnt/backups '{"id":"5"}' --key-type id=N`,
      ],
    ],
  });

  table = Option.String({ name: "table" });
  url = Option.String({ name: "url" });
  key = Option.String({ name: "key" });

  keyType = Option.Array("--key-type", {
    description: "name=S, name=N or name=B: a key attribute's type, where the table is gone (repeatable)",
  });

  /** A single record is always read so. */
  override consistent = Option.Boolean("--consistent", false, { hidden: true });

  async execute(): Promise<number> {
    const { parseHistoryRequest, runRecordHistory } = await import("./history/run-record-history.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = parseHistoryRequest(this);
    return await runRecordHistory(request, outputMode(this, process));
  }
}
