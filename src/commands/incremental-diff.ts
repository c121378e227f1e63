import { Command, Option } from "clipanion";
import { kmsKeyOption, sseOption, storageClassOption } from "./options/keeping.ts";
import { TableTransferCommand } from "./options/transfer-command.ts";

/** Parses and hands on; the run itself is in incremental/run-incremental-diff.ts. */
export class IncrementalDiffCommand extends TableTransferCommand {
  static override paths = [["incremental-diff"]];
  static override usage = Command.Usage({
    description: "Compare a table with its folder, a dump or a snapshot",
    details: `
      The table is scanned once. \`<url>\` is what is there: a dump's folder (with its manifest.json), a single file, or else
      the folder that holds the table's incremental folder (the table's name is appended).
      Records that seem to differ are read again until it is sure, so a backup function at work gives no false alarm.

      \`--repair\` puts and deletes objects of the incremental folder until it equals the table. The table is never written to.

      Exit codes: 0 equal, or repaired and verified; 1 discrepancies remain; 2 wrong usage, or something could not
      be done; 130 stopped.
    `,
    examples: [
      ["Check an incremental folder", "$0 incremental-diff us-east-1/orders s3://backups/inc"],
      ["Repair it", "$0 incremental-diff us-east-1/orders s3://backups/inc --repair"],
      ["What has changed since a snapshot?", "$0 incremental-diff us-east-1/orders s3://backups/orders.gz"],
      [
        "Compare with a dump on disk, and keep a report",
        "$0 incremental-diff us-east-1/orders /mnt/backups/nightly --report drift.ndjson",
      ],
    ],
  });

  table = Option.String({ name: "table" });
  url = Option.String({ name: "url" });

  repair = Option.Boolean("--repair", false, {
    description: "put and DELETE objects of the incremental folder until it equals the table",
  });
  dryRun = Option.Boolean("--dry-run", false, { description: "write nothing; say what would be written" });
  yes = Option.Boolean("--yes,-y", false, {
    description: "do not ask before writing (asked on a terminal only)",
  });
  ignore = Option.Array("--ignore", { description: "an attribute that does not count (repeatable)" });
  settle = Option.String("--settle", {
    description: "seconds a record must stay different to count (default: 3)",
  });
  segments = Option.String("--segments", {
    description: "how many segments the table is split into (default: by size)",
  });
  concurrency = Option.String("--concurrency", {
    description: "segments compared at the same time (default: 4)",
  });
  reads = Option.String("--reads", { description: "objects read at the same time (default: 64)" });
  override quiet = Option.Boolean("--quiet,-q", false, {
    description: "print discrepancies and the summary, no progress",
  });
  report = Option.String("--report", {
    description: "write every discrepancy, attribute by attribute, to this file (NDJSON)",
  });

  sse = sseOption();
  kmsKeyId = kmsKeyOption();
  storageClass = storageClassOption();

  async execute(): Promise<number> {
    const { parseIncrementalDiff, runIncrementalDiff } = await import(
      "./incremental/run-incremental-diff.ts"
    );
    const { outputMode } = await import("./output/mode.ts");
    const request = parseIncrementalDiff(this);
    return await runIncrementalDiff(request, outputMode(this, process), { yes: this.yes });
  }
}
