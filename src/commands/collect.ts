import { Command, Option } from "clipanion";
import { TransferCommand } from "./options/transfer-command.ts";

/** Parses and hands on; the run itself is in job/run-collect.ts. */
export class CollectCommand extends TransferCommand {
  static override paths = [["collect"]];
  static override usage = Command.Usage({
    description: "Tell what many workers have done together, as one run",
    details: `
      Reads the state that the workers of one run share (\`--state\`), and ends as the command itself would have ended in one
      process: with the same summary, report and exit code. Segments that are not done are named. Of a backup it writes the manifest.
      It can be called at any time, also while workers go on.

      What is known only when all segments are done is done here, once: of \`incremental-diff\` it is what the folder holds
      beyond the table, which a job with \`--repair\` DELETES.

      Exit codes: as of the command; 2 when segments are not done.
    `,
    examples: [
      ["What a comparison has found", "$0 collect s3://my-bucket/checks/2026-11-23"],
      ["And keep its report", "$0 collect s3://my-bucket/checks/2026-11-23 --report drift.ndjson"],
      [
        "What a restore has come to, and how to take it back",
        "$0 collect s3://my-bucket/restores/1 --undo-file undo.ndjson",
      ],
      ["Complete a backup, whose segments are all written", "$0 collect s3://my-bucket/states/2026-11-23"],
    ],
  });

  state = Option.String({ name: "state" });
  report = Option.String("--report", {
    description: "write every discrepancy, attribute by attribute, to this file (NDJSON)",
  });
  metric = Option.String("--metric", {
    description: "CloudWatch namespace for a backup's BackupSize, BackupRecordCount and BackupErrors",
  });

  yes = Option.Boolean("--yes,-y", false, {
    description: "do not ask before writing (asked on a terminal only)",
  });

  undoFile = Option.String("--undo-file", {
    description: "write what a restore has replaced to this new file, which ddbr undo takes",
  });

  override quiet = Option.Boolean("--quiet,-q", false, {
    description: "print what was found and the summary, no progress",
  });

  async execute(): Promise<number> {
    const { parseCollectRequest, runCollect } = await import("./job/run-collect.ts");
    const { outputMode } = await import("./output/mode.ts");
    return await runCollect(parseCollectRequest(this), outputMode(this, process));
  }
}
