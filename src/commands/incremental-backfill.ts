import { Command, Option } from "clipanion";
import { kmsKeyOption, sseOption, storageClassOption } from "./options/keeping.ts";
import { TableTransferCommand } from "./options/transfer-command.ts";

/** Parses and hands on; the run itself is in incremental/run-backfill.ts. */
export class IncrementalBackfillCommand extends TableTransferCommand {
  static override paths = [["incremental-backfill"]];
  static override usage = Command.Usage({
    description: "Write a table as an incremental folder, object by object",
    details: `
      Starts (or completes) the folder that a backup function then keeps up to date: one object for each record, named by the
      SHA-256 of its key, under \`<url>/<table's name>/\`. What changes in the table meanwhile may be
      overwritten with an older image: check with \`incremental-diff\` afterwards.

      Exit codes: 0 written; 2 wrong usage, or something could not be done; 130 stopped.
    `,
    examples: [
      ["Fill a folder", "$0 incremental-backfill us-east-1/orders s3://backups/inc"],
      [
        "Write only what is absent or differs",
        "$0 incremental-backfill us-east-1/orders s3://backups/inc --only-missing",
      ],
      ["Go on after an interruption", "$0 incremental-backfill us-east-1/orders s3://backups/inc --resume"],
    ],
  });

  table = Option.String({ name: "table" });
  url = Option.String({ name: "url" });

  onlyMissing = Option.Boolean("--only-missing", false, {
    description: "read each object first, write those that are absent or differ",
  });
  resume = Option.Boolean("--resume", false, {
    description: "go on with the segments that an interrupted run has not done",
  });
  segments = Option.String("--segments", {
    description: "how many segments the table is split into (default: by size)",
  });
  concurrency = Option.String("--concurrency", {
    description: "segments read at the same time (default: 4)",
  });
  writes = Option.String("--writes", { description: "objects written at the same time (default: 64)" });

  sse = sseOption();
  kmsKeyId = kmsKeyOption();
  storageClass = storageClassOption();

  async execute(): Promise<number> {
    const { parseBackfillRequest, runBackfill } = await import("./incremental/run-backfill.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = parseBackfillRequest(this);
    return await runBackfill(request, outputMode(this, process));
  }
}
