import { Command, Option } from "clipanion";
import { maxCostOption, readPriceOption, writePriceOption } from "./options/cost-options.ts";
import { checkpointOption, leaseOption, stateOption } from "./options/job-options.ts";
import { joinOption, onOption, onProfileOption, tolerateOption } from "./options/on-options.ts";
import { TablePairCommand } from "./options/table-pair-command.ts";

/** Parses and hands on; the run itself is in diff/run-diff-tables.ts. */
export class DiffTablesCommand extends TablePairCommand {
  static override paths = [["diff-tables"]];
  static override usage = Command.Usage({
    description: "Compare a replica with its primary, repair or fill it",
    details: `
      Reads every item of both tables once, side by side, and shows the records that are missing from the replica,
      different there, or extraneous. Each one is read again with consistent reads until it is sure, so writes
      that are on their way from the primary to the replica give no false alarm.

      As one of an array of AWS Batch's jobs it does the segment of its index, and as one of Kubernetes' indexed jobs too,
      if \`--segments\` is given; it says so. \`--segment\` goes before both.

      With \`--state\` any number of processes share the work, and go on where one that was killed had come to; \`ddbr collect\`
      tells what they have found together. Such a worker exits with 0 when its work is done, whatever was found.

      With \`--on\` the functions of a runner (\`lambda deploy runner\`) do it, and this command only watches: Ctrl-C leaves it
      running, the same command with \`--join\` comes back. It ends as it would have here; \`--concurrency\` is then 100 by default.

      A table is \`region/table\`, \`host:port/table\`, \`http(s)://host:port/table\`, \`local/table\`
      (DynamoDB Local at its usual port) or a table's ARN.

      Exit codes: 0 what was compared is equal, or was repaired and verified (or a backfill wrote everything);
      1 discrepancies remain; 2 wrong usage, or something could not be done; 130 stopped.
    `,
    examples: [
      ["Show the discrepancies between two tables", "$0 diff-tables us-east-1/primary eu-west-1/replica"],
      [
        "Repair the replica, keeping what is replaced",
        "$0 diff-tables us-east-1/primary eu-west-1/replica --repair --undo-file undo.ndjson",
      ],
      ["Fill a new replica", "$0 diff-tables us-east-1/primary eu-west-1/new-replica --backfill"],
      [
        "Do one of ten segments, as one of ten machines",
        "$0 diff-tables us-east-1/primary eu-west-1/replica --segment 0 --segments 10",
      ],
      [
        "Share the work with every other process that is started like this, then see what was found",
        "$0 diff-tables us-east-1/primary eu-west-1/replica --state s3://my-bucket/checks/2026-11-23",
      ],
      [
        "Let a runner in Lambda do it, and watch",
        "$0 diff-tables us-east-1/primary eu-west-1/replica --on ddbr-runner --concurrency 500",
      ],
      [
        "Compare a twentieth, at no more than 100 read units a second",
        "$0 diff-tables us-east-1/primary eu-west-1/replica --sample 0.05 --max-rcu 100",
      ],
      [
        "Compare tables of two accounts, and keep a report",
        "$0 diff-tables us-east-1/orders us-east-1/orders --replica-profile backup --report drift.ndjson",
      ],
    ],
  });

  repair = Option.Boolean("--repair", false, {
    description: "put and DELETE records of the replica until it equals the primary",
  });
  backfill = Option.Boolean("--backfill", false, {
    description: "write every item of the primary to the replica; compares nothing",
  });
  dryRun = Option.Boolean("--dry-run", false, { description: "write nothing; say what would be written" });
  yes = Option.Boolean("--yes,-y", false, {
    description: "do not ask before writing (asked on a terminal only)",
  });

  segments = Option.String("--segments", {
    description: "how many segments the tables are split into (default: by size)",
  });
  segment = Option.String("--segment", {
    description: "do this segment only; the first is 0 (default: all, or what an array job says)",
  });
  concurrency = Option.String("--concurrency", {
    description: "segments done at the same time (default: 4)",
  });
  sample = Option.String("--sample", { description: "compare only this share of the segments, e.g. 0.05" });

  consistent = Option.Boolean("--consistent", false, {
    description: "scan with consistent reads, at twice the price",
  });
  settle = Option.String("--settle", {
    description: "seconds a record must stay different to count (default: 3)",
  });

  on = onOption();
  join = joinOption();
  tolerate = tolerateOption();
  onProfile = onProfileOption();
  state = stateOption();
  lease = leaseOption();
  checkpoint = checkpointOption();
  s3Profile = Option.String("--s3-profile", { description: "AWS profile for a state on S3" });
  s3RoleArn = Option.String("--s3-role-arn", { description: "role to assume for a state on S3" });
  s3ExternalId = Option.String("--s3-external-id", { description: "external id of that role" });
  s3Endpoint = Option.String("--s3-endpoint", {
    description: "an S3 server of your own for the state, e.g. http://127.0.0.1:9000",
  });
  s3PathStyle = Option.Boolean("--s3-path-style", {
    description: "address buckets by path, not by host name (the default with --s3-endpoint)",
  });

  maxWcu = Option.String("--max-wcu", { description: "write units a second on the replica, at most" });
  maxCost = maxCostOption();
  readPrice = readPriceOption();
  writePrice = writePriceOption();
  memory = Option.String("--memory", {
    description: "MB for items that wait for their partner (default: 32)",
  });

  report = Option.String("--report", {
    description: "write every discrepancy, attribute by attribute, to this file (NDJSON)",
  });
  undoFile = Option.String("--undo-file", {
    description: "write what each repair replaces to this new file (NDJSON)",
  });
  json = Option.Boolean("--json", false, { description: "print one JSON event a line" });
  plain = Option.Boolean("--plain", false, { description: "print plain lines also on a terminal" });
  quiet = Option.Boolean("--quiet,-q", false, {
    description: "print discrepancies and the summary, no progress",
  });

  async execute(): Promise<number> {
    const { parseDiffRequest } = await import("./diff/diff-request.ts");
    const { withArrayJob } = await import("./options/array-job.ts");
    const { budgetText } = await import("./options/cost.ts");
    const { outputMode } = await import("./output/mode.ts");
    const { tellNote } = await import("./output/note.ts");
    const { words, note } = withArrayJob(this, process.env);
    const request = parseDiffRequest(words);
    const mode = outputMode(this, process);
    tellNote("diff-tables", note, mode);
    tellNote("diff-tables", budgetText(request.cost), mode);
    const { runDiffTables } = await import("./diff/run-diff-tables.ts");
    return await runDiffTables(request, mode, { yes: this.yes });
  }
}
