import { Command, Option } from "clipanion";
import { maxCostOption, readPriceOption } from "./options/cost-options.ts";
import { checkpointOption, leaseOption, stateOption } from "./options/job-options.ts";
import { joinOption, onOption, onProfileOption, tolerateOption } from "./options/on-options.ts";
import { PartRestoreCommand } from "./restore/part-restore-command.ts";
import { undoFileOption } from "./restore/plan-options.ts";

/** Parses and hands on; the run itself is in restore/run-restore-table.ts. */
export class RestoreTableCommand extends PartRestoreCommand {
  static override paths = [["restore-table"]];
  static override usage = Command.Usage({
    description: "Bring a table, or a part of it, back from a backup",
    details: `
      Reads the source and the table, shows what would be put and deleted with what it costs, asks, writes, and compares both once more.
      Nothing is written before the plan is agreed to. Each write is on condition that the record still is as planned on: what others write
      meanwhile stays theirs, and is told.

      \`<source>\` is what is there: a dump's folder (with its manifest.json), a snapshot or any other single file of items, DynamoDB's own export
      (its folder), or the folder that holds the table's incremental folder, now or \`--at\` a moment.

      \`--mode merge\` (the default) puts what is missing or different and deletes nothing; \`missing\` only puts what is absent; \`replace\` makes the
      table equal to the source, so it DELETES.

      Before the first write the whole plan, with all that it replaces, is written to the undo file: \`--resume\` goes on by it, and
      \`ddbr undo\` goes back by it.

      With \`--state\` any number of processes share the work: each takes parts of the source, compares them with the table, and goes on where one that
      was killed had come to. There is no plan to be seen before, and \`replace\` is not for them. \`ddbr collect\` tells what they have come to, and
      writes the undo file. Such a worker exits with 0 when its work is done, whatever others wrote meanwhile.

      With \`--on\` the functions of a runner (\`lambda deploy runner\`) do it, and this command only watches: Ctrl-C leaves it
      running, the same command with \`--join\` comes back. It ends as it would have here; \`--concurrency\` is then 100 by default.

      Exit codes: 0 restored and verified (or a dry run, or nothing to do); 1 some records are not as planned, because others wrote them;
      2 wrong usage, or something could not be done; 130 stopped, or answered with no.
    `,
    examples: [
      ["What would a restore do?", "$0 restore-table s3://backups/nightly us-east-1/orders --dry-run"],
      [
        "Put back what is missing or different, from a snapshot",
        "$0 restore-table s3://backups/orders.gz us-east-1/orders",
      ],
      [
        "Make the table what it was at a moment",
        "$0 restore-table s3://backups/inc us-east-1/orders --at 2026-11-17T14:03:00Z --mode replace",
      ],
      [
        "Make the table anew, from a dump",
        "$0 restore-table s3://backups/nightly us-east-1/orders-restored --create",
      ],
      [
        "Bring back one customer's records",
        "$0 restore-table s3://backups/inc us-east-1/orders --partition customer-17",
      ],
      [
        "Share a large restore with every other process that is started like this",
        "$0 restore-table s3://backups/nightly us-east-1/orders --state s3://my-bucket/restores/1 --yes",
      ],
      [
        "Let a runner in Lambda do it, and watch",
        "$0 restore-table s3://backups/nightly us-east-1/orders --on ddbr-runner --yes",
      ],
      [
        "Go on after a kill",
        "$0 restore-table s3://backups/nightly us-east-1/orders --undo-file undo.ndjson --resume",
      ],
    ],
  });

  source = Option.String({ name: "source" });
  table = Option.String({ name: "table" });

  at = Option.String("--at", {
    description: "the moment whose state is wanted, of an incremental folder, e.g. 2026-11-17T14:03:00Z",
  });
  mode = Option.String("--mode", {
    description: "merge (default), missing or replace, which makes the table equal to the source",
  });
  create = Option.Boolean("--create", false, {
    description:
      "make the table, like the one that the source was made of: keys, indexes, billing, stream, TTL, tags",
  });
  like = Option.String("--like", { description: "with --create: make it like this table instead" });
  undoFile = undoFileOption("restore");
  maxCost = maxCostOption();
  readPrice = readPriceOption();
  segments = Option.String("--segments", {
    description:
      "how many segments the table is split into (default: by size); with --state: the source (default: its files)",
  });
  segment = Option.String("--segment", {
    description:
      "with --state: do this segment only; the first is 0 (default: all, or what an array job says)",
  });
  concurrency = Option.String("--concurrency", {
    description: "segments read at the same time (default: 4)",
  });
  on = onOption();
  join = joinOption();
  tolerate = tolerateOption();
  onProfile = onProfileOption();
  state = stateOption();
  lease = leaseOption();
  checkpoint = checkpointOption();

  async execute(): Promise<number> {
    const { parseRestoreTable, runRestoreTable } = await import("./restore/run-restore-table.ts");
    const { budgetText } = await import("./options/cost.ts");
    const { outputMode } = await import("./output/mode.ts");
    const { tellNote } = await import("./output/note.ts");
    const { withArrayJob } = await import("./options/array-job.ts");
    // Without a state every process restores all: which one of an array it is does not matter.
    const { words, note } =
      this.state === undefined ? { words: this, note: undefined } : withArrayJob(this, process.env);
    const request = parseRestoreTable(words);
    const mode = outputMode(this, process);
    tellNote("restore-table", note, mode);
    tellNote("restore-table", budgetText(request.cost), mode);
    return await runRestoreTable(request, mode);
  }
}
