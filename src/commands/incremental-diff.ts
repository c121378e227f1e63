import { Command, Option } from "clipanion";
import { maxCostOption, readPriceOption } from "./options/cost-options.ts";
import { checkpointOption, leaseOption, stateOption } from "./options/job-options.ts";
import { kmsKeyOption, sseOption, storageClassOption } from "./options/keeping.ts";
import { joinOption, onOption, onProfileOption, tolerateOption } from "./options/on-options.ts";
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

      With \`--on\` the functions of a runner (\`lambda deploy runner\`) do it, and this command only watches: Ctrl-C leaves it
      running, the same command with \`--join\` comes back. It ends as it would have here; \`--concurrency\` is then 100 by default.

      With \`--state\` any number of processes share the work on an incremental folder, and go on where one that was killed had come to;
      then \`ddbr collect\` looks at what the folder holds beyond the table, and tells what all have found. Such a worker exits with 0
      when its work is done, whatever was found.

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
      [
        "Let a runner in Lambda do it, and watch",
        "$0 incremental-diff us-east-1/orders s3://backups/inc --on ddbr-runner",
      ],
      [
        "Share the work with every other process that is started like this, then see what was found",
        "$0 incremental-diff us-east-1/orders s3://backups/inc --state s3://my-bucket/checks/2026-11-23",
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
  segment = Option.String("--segment", {
    description:
      "with --state: do this segment only; the first is 0 (default: all, or what an array job says)",
  });
  concurrency = Option.String("--concurrency", {
    description: "segments compared at the same time (default: 4)",
  });
  maxCost = maxCostOption();
  readPrice = readPriceOption();
  reads = Option.String("--reads", { description: "objects read at the same time (default: 64)" });
  override quiet = Option.Boolean("--quiet,-q", false, {
    description: "print discrepancies and the summary, no progress",
  });
  report = Option.String("--report", {
    description: "write every discrepancy, attribute by attribute, to this file (NDJSON)",
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
    const { parseIncrementalDiff } = await import("./incremental/incremental-diff-request.ts");
    const { withArrayJob } = await import("./options/array-job.ts");
    const { budgetText } = await import("./options/cost.ts");
    const { outputMode } = await import("./output/mode.ts");
    const { tellNote } = await import("./output/note.ts");
    // Without a state each process compares the whole, whatever has started it.
    const { words, note } =
      this.state === undefined ? { words: this, note: undefined } : withArrayJob(this, process.env);
    const request = parseIncrementalDiff(words);
    const mode = outputMode(this, process);
    tellNote("incremental-diff", note, mode);
    tellNote("incremental-diff", budgetText(request.cost), mode);
    const { runIncrementalDiff } = await import("./incremental/run-incremental-diff.ts");
    return await runIncrementalDiff(request, mode, { yes: this.yes });
  }
}
