import { Command, Option } from "clipanion";
import { writePriceOption } from "./options/cost-options.ts";
import {
  dryRunOption,
  maxWcuOption,
  quietOption,
  resumeOption,
  undoFileOption,
  yesOption,
} from "./restore/plan-options.ts";

/** Parses and hands on; the run itself is in restore/run-undo.ts. */
export class UndoCommand extends Command {
  static override paths = [["undo"]];
  static override usage = Command.Usage({
    description: "Put back what a restore or a repair has replaced",
    details: `
      \`<file>\` is an undo file: of \`restore-table\`, \`rewind\`, \`undo\` itself, or of \`--repair --undo-file\`. Records that are as the file's
      writes have left them get back what they were before; those that somebody else has written since are left alone and named.

      As \`restore-table\`: shows the plan, asks, writes each record on condition that it still is as planned on, and verifies. What it replaces
      goes to an undo file of its own.

      Exit codes: 0 done and verified (or a dry run, or nothing to do); 1 some records were left alone, or others wrote them meanwhile;
      2 wrong usage, or something could not be done; 130 stopped, or answered with no.
    `,
    examples: [
      ["What would be put back?", "$0 undo ddbr-restore-orders-0badcafe.ndjson --dry-run"],
      ["Put it back", "$0 undo ddbr-restore-orders-0badcafe.ndjson"],
      ["Of a table that is reached another way now", "$0 undo undo.ndjson --table local/orders"],
    ],
  });

  file = Option.String({ name: "file" });

  table = Option.String("--table", {
    description: "where the table is, or another one that is meant (default: where the file says)",
  });
  dryRun = dryRunOption();
  yes = yesOption();
  undoFile = undoFileOption("undo");
  resume = resumeOption();
  maxWcu = maxWcuOption();
  writePrice = writePriceOption();

  profile = Option.String("--profile", { description: "AWS profile for the table" });
  roleArn = Option.String("--role-arn", { description: "role to assume for the table" });
  externalId = Option.String("--external-id", { description: "external id of that role" });
  maxRcu = Option.String("--max-rcu", { description: "read units a second on the table, at most" });
  patience = Option.String("--patience", {
    description: "seconds for which a failing request is repeated (default: 60)",
  });
  json = Option.Boolean("--json", false, { description: "print one JSON event a line" });
  plain = Option.Boolean("--plain", false, { description: "print plain lines also on a terminal" });
  quiet = quietOption();

  async execute(): Promise<number> {
    const { parseUndo, runUndo } = await import("./restore/run-undo.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = await parseUndo(this);
    return await runUndo(request, outputMode(this, process));
  }
}
