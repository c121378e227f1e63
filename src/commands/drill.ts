import { Command, Option } from "clipanion";
import { readPriceOption, writePriceOption } from "./options/cost-options.ts";
import { TableTransferCommand } from "./options/transfer-command.ts";
import { maxWcuOption } from "./restore/plan-options.ts";

/** Parses and hands on; the run itself is in drill/run-drill.ts. */
export class DrillCommand extends TableTransferCommand {
  static override paths = [["drill"]];
  static override usage = Command.Usage({
    description: "Prove that a backup can be restored",
    details: `
      Makes a scratch table, restores the whole backup into it, checks what came of it, and deletes the table, however it ends. It writes to no other
      table, and so does not ask. \`--scratch\` says where: a region, or a server, with a name to begin with if you like (\`eu-west-1/drill\`);
      \`--local\` restores into a DynamoDB in this program's memory instead, for small backups.

      Checked are: every file, count and checksum of the backup's manifest; that every record was written and read back; that a fresh scan of the scratch
      table has as many items, and the same fingerprint as what was read, and as the manifest holds; and with \`--against\` that the live table
      has the same items (it changes, unless nobody writes: then that is told as a difference).

      It costs a write unit for each started KB of each item, two consistent scans of the scratch table (a read unit for 4 KB), and the scan of
      \`--against\`. What it came to, how old the backup was (recovery point) and how long it took (recovery time) is told at the end, in \`--report\`
      (JSON) and on \`--page\` (a page in Markdown, to be filed).

      \`<source>\` is a dump's folder, a snapshot or any other file of items, DynamoDB's own full export, or an incremental folder itself
      (\`s3://backups/inc/orders\`), now or \`--at\` a moment.

      Exit codes: 0 proved; 1 not proved: the backup cannot be restored, or what was restored is not what it should be; 2 wrong usage, or
      something else failed (also when the scratch table could not be deleted); 130 stopped.
    `,
    examples: [
      [
        "Prove a dump, in another account",
        "$0 drill s3://backups/nightly --scratch eu-west-1 --profile test",
      ],
      ["With papers for the auditor", "$0 drill ./orders.gz --local --report drill.json --page drill.md"],
      [
        "The folder as it was, against a table at rest",
        "$0 drill s3://backups/inc/orders --scratch us-east-1 --against us-east-1/orders --at 2026-11-17T14:03:00Z",
      ],
    ],
  });

  source = Option.String({ name: "source" });

  scratch = Option.String("--scratch", {
    description:
      "where the scratch table is made: a region or host:port, with /<beginning of its name> if wanted",
  });
  local = Option.Boolean("--local", false, {
    description: "make it in a DynamoDB in this program's memory",
  });
  against = Option.String("--against", { description: "a live table that must have the same items" });
  againstProfile = Option.String("--against-profile", {
    description: "AWS profile for the live table (default: --profile)",
  });
  againstRoleArn = Option.String("--against-role-arn", { description: "role to assume for it" });
  againstExternalId = Option.String("--against-external-id", { description: "external id of that role" });
  at = Option.String("--at", {
    description: "a moment, e.g. 2026-11-17T14:03:00Z: an incremental folder as it stood then",
  });
  like = Option.String("--like", { description: "a table that has the backup's key" });
  keySchema = Option.String("--key-schema", { description: "the backup's key, e.g. id:S or id:S,at:N" });
  reportFile = Option.String("--report", {
    description: "write the result to this file as JSON (replaced if it is there)",
  });
  page = Option.String("--page", {
    description: "write it to this file as a page, in Markdown (replaced if it is there)",
  });
  override consistent = Option.Boolean("--consistent", false, {
    description: "scan the live table with consistent reads, at twice the price",
  });
  maxWcu = maxWcuOption();
  writePrice = writePriceOption();
  readPrice = readPriceOption();
  concurrency = Option.String("--concurrency", {
    description: "segments of a table read at the same time (default: 4)",
  });
  reads = Option.String("--reads", { description: "objects read at the same time (default: 64)" });

  async execute(): Promise<number> {
    const { parseDrillRequest } = await import("./drill/drill-request.ts");
    const { runDrill } = await import("./drill/run-drill.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = parseDrillRequest(this);
    return await runDrill(request, outputMode(this, process));
  }
}
