import { Command, Option } from "clipanion";
import { kmsKeyOption, sseOption, storageClassOption } from "./options/keeping.ts";
import { TransferCommand } from "./options/transfer-command.ts";

/** Parses and hands on; the run itself is in incremental/run-snapshot.ts. */
export class IncrementalSnapshotCommand extends TransferCommand {
  static override paths = [["incremental-snapshot"]];
  static override usage = Command.Usage({
    description: "Fold an incremental folder into one file, as of a moment",
    details: `
      Reads each object of the folder and writes one gzipped file with an item on each line, in no order. The file
      is complete or absent. Objects that are no records are passed over, named and counted.

      With \`--at\` each record is taken as it was at that moment, from the versions that the bucket (or directory) keeps: by the
      times of the stream's events, and where none is recorded by the time of storing.

      Exit codes: 0 written; 2 wrong usage, or something could not be done; 130 stopped.
    `,
    examples: [
      ["Fold a folder", "$0 incremental-snapshot s3://backups/inc/orders s3://backups/orders.gz"],
      [
        "As it was on Tuesday at 14:03",
        "$0 incremental-snapshot s3://backups/inc/orders ./orders.gz --at 2026-11-17T14:03:00Z",
      ],
      [
        "With metrics in CloudWatch, and a manifest beside the file",
        "$0 incremental-snapshot s3://backups/inc/orders s3://backups/orders.gz --metric us-east-1/backups/orders --manifest",
      ],
    ],
  });

  source = Option.String({ name: "source" });
  dest = Option.String({ name: "dest" });

  at = Option.String("--at", {
    description: "a moment, e.g. 2026-11-17T14:03:00Z: the records as they were then",
  });
  manifest = Option.Boolean("--manifest", false, {
    description: "write <dest>.manifest.json with counts, bytes and SHA-256",
  });
  reads = Option.String("--reads", { description: "objects read at the same time (default: 64)" });
  retries = Option.String("--retries", {
    description: "times a failing S3 request is repeated (default: by --patience)",
  });
  logger = Option.String("--logger", { description: "append a line for every S3 request to this file" });
  metric = Option.String("--metric", {
    description: "region/namespace/table for BackupSize, BackupRecordCount and BackupErrors in CloudWatch",
  });

  sse = sseOption();
  kmsKeyId = kmsKeyOption();
  storageClass = storageClassOption();

  async execute(): Promise<number> {
    const { parseSnapshotRequest, runSnapshot } = await import("./incremental/run-snapshot.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = parseSnapshotRequest(this);
    return await runSnapshot(request, outputMode(this, process));
  }
}
