import { Command, Option } from "clipanion";
import { maxCostOption, readPriceOption } from "./options/cost-options.ts";
import { checkpointOption, leaseOption, stateOption } from "./options/job-options.ts";
import { kmsKeyOption, sseOption, storageClassOption } from "./options/keeping.ts";
import { joinOption, onOption, onProfileOption, tolerateOption } from "./options/on-options.ts";
import { TableTransferCommand } from "./options/transfer-command.ts";

/** Parses and hands on; the run itself is in backup/run-backup-table.ts. */
export class BackupTableCommand extends TableTransferCommand {
  static override paths = [["backup-table"]];
  static override usage = Command.Usage({
    description: "Dump a table to S3 or a directory, as lines of JSON",
    details: `
      Scans the table once and writes one file for each segment, \`<url>/<jobid>/<segment>\`: an item in wire form on
      each line. A file is complete or absent; when all are there, \`manifest.json\` beside them says so, with
      counts, bytes, SHA-256 of each file and the table's description.

      As one of an array of AWS Batch's jobs it writes the segment of its index, and as one of Kubernetes' indexed jobs too,
      if \`--segments\` is given; it says so, and needs \`--jobid\` or \`--state\`. \`--segment\` goes before both.

      With \`--state\` any number of processes share the work, and go on where one that was killed had come to. A segment may then
      have several files, \`<segment>-<epoch>-<n>\`; \`ddbr collect\` writes the manifest when all segments are done.

      With \`--on\` the functions of a runner (\`lambda deploy runner\`) do it, and this command only watches: Ctrl-C leaves it
      running, the same command with \`--join\` comes back. It ends as it would have here; \`--concurrency\` is then 100 by default.

      A table is \`region/table\`, \`host:port/table\`, \`local/table\` or an ARN;
      a place for backups \`s3://bucket/prefix\`, \`file:///path\` or a path with a slash.

      Exit codes: 0 written; 2 wrong usage, or something could not be done; 130 stopped.
    `,
    examples: [
      [
        "Back up a table under a random job id",
        "$0 backup-table us-east-1/primary s3://my-bucket/some-prefix",
      ],
      [
        "Choose the job id, and go on after a failure",
        "$0 backup-table us-east-1/primary s3://my-bucket/backups --jobid 2026-11-23 --resume",
      ],
      [
        "Do one of ten segments, as one of ten machines",
        "$0 backup-table us-east-1/primary s3://my-bucket/backups --jobid nightly --segment 4 --segments 10",
      ],
      [
        "Write what DynamoDB's import from S3 takes",
        "$0 backup-table us-east-1/primary s3://my-bucket/import --format export",
      ],
      [
        "Share the work with every other process that is started like this",
        "$0 backup-table us-east-1/primary s3://my-bucket/backups --state s3://my-bucket/states/2026-11-23",
      ],
      [
        "When all of them have ended: write the manifest, and tell what all have written",
        "$0 collect s3://my-bucket/states/2026-11-23",
      ],
      [
        "Let a runner in Lambda do it, and watch",
        "$0 backup-table us-east-1/primary s3://my-bucket/backups --on ddbr-runner",
      ],
      ["To a disk, gently", "$0 backup-table us-east-1/primary /mnt/backups/primary --max-rcu 100"],
    ],
  });

  table = Option.String({ name: "table" });
  url = Option.String({ name: "url" });

  jobid = Option.String("--jobid", { description: "name of the backup (default: random)" });
  resume = Option.Boolean("--resume", false, {
    description: "keep the files of this job that are whole, write the others",
  });
  overwrite = Option.Boolean("--overwrite", false, { description: "write all files of this job anew" });
  segment = Option.String("--segment", {
    description: "write this segment only; the first is 0 (default: all, or what an array job says)",
  });
  segments = Option.String("--segments", {
    description: "how many segments the table is split into (default: by size)",
  });
  concurrency = Option.String("--concurrency", {
    description: "segments written at the same time (default: 4)",
  });
  maxCost = maxCostOption();
  readPrice = readPriceOption();
  compress = Option.String("--compress", { description: "gzip (default), zstd or none" });
  format = Option.String("--format", {
    description: "items (default), or export: what DynamoDB's import from S3 takes",
  });
  metric = Option.String("--metric", {
    description: "CloudWatch namespace for BackupSize, BackupRecordCount and BackupErrors",
  });

  on = onOption();
  join = joinOption();
  tolerate = tolerateOption();
  onProfile = onProfileOption();
  state = stateOption();
  lease = leaseOption();
  checkpoint = checkpointOption();

  sse = sseOption();
  kmsKeyId = kmsKeyOption();
  storageClass = storageClassOption();

  async execute(): Promise<number> {
    const { parseBackupRequest } = await import("./backup/backup-request.ts");
    const { runBackupTable } = await import("./backup/run-backup-table.ts");
    const { withArrayJob } = await import("./options/array-job.ts");
    const { budgetText } = await import("./options/cost.ts");
    const { outputMode } = await import("./output/mode.ts");
    const { tellNote } = await import("./output/note.ts");
    const { words, note } = withArrayJob(this, process.env);
    const request = parseBackupRequest(words);
    const mode = outputMode(this, process);
    tellNote("backup-table", note, mode);
    tellNote("backup-table", budgetText(request.cost), mode);
    return await runBackupTable(request, mode);
  }
}
