import { Command, Option } from "clipanion";
import { readPriceOption, writePriceOption } from "./options/cost-options.ts";

/** Parses and hands on; the rest is in estimate/run-estimate.ts. */
export class EstimateCommand extends Command {
  static override paths = [["estimate"]];
  static override usage = Command.Usage({
    description: "Say what a command would take: time, units, cost",
    details: `
      For a table of a given size, on one machine, on AWS Batch and on Step Functions, and where each one's limit lies. Nothing is read but
      what DynamoDB says of the tables, and that only where they are named.

      The command is \`diff-tables\`, \`backup-table\`, \`incremental-diff\` (with an incremental folder) or \`restore-table\` (from a dump). Its table and place
      come as it takes them itself; or else \`--items\` and \`--item-size\` say how large the table is, and the backup is taken to be on S3.
      Of \`restore-table\` the source is not looked at: it is taken to be as large as the table.

      A \`~\` stands before what cannot be known exactly beforehand: \`--json\` tells the least and the most. What the model is made of, what of
      that was measured and what is assumed is told in docs/scale.md.

      Exit codes: 0 told; 2 wrong usage, or a table that cannot be described.
    `,
    examples: [
      [
        "What would it take to compare these two?",
        "$0 estimate diff-tables us-east-1/orders eu-west-1/orders",
      ],
      ["To dump a billion items of 350 bytes?", "$0 estimate backup-table --items 1e9 --item-size 350"],
      [
        "To restore ten terabytes, at no more than 20,000 units a second?",
        "$0 estimate restore-table --items 1e9 --item-size 1e4 --max-wcu 20000",
      ],
    ],
  });

  command = Option.String({ name: "command" });
  places = Option.Rest({ name: "places" });

  items = Option.String("--items", { description: "how many items the table has, e.g. 1e9" });
  itemSize = Option.String("--item-size", {
    description: "bytes of an item on average, as DynamoDB counts them",
  });
  drift = Option.String("--drift", {
    description:
      "share of the records that differ (default: 0); of a restore those to be written (default: 1)",
  });
  create = Option.Boolean("--create", false, { description: "restore-table: the table is made" });
  segments = Option.String("--segments", {
    description: "how many segments the table is split into (default: by size)",
  });
  concurrency = Option.String("--concurrency", {
    description: "segments that one machine does at the same time (default: 4)",
  });
  workers = Option.String("--workers", {
    description: "jobs or functions at the same time (default: as many as the table has room for)",
  });
  partitions = Option.String("--partitions", {
    description: "partitions that the table has (default: by size, paid by request)",
  });
  maxRcu = Option.String("--max-rcu", {
    description: "read units a second on each table, of the whole run",
  });
  maxWcu = Option.String("--max-wcu", { description: "write units a second, of the whole run" });
  consistent = Option.Boolean("--consistent", false, {
    description: "scan with consistent reads, at twice the price",
  });
  readPrice = readPriceOption();
  writePrice = writePriceOption();
  storedRatio = Option.String("--stored-ratio", {
    description: "bytes stored of a dump for each byte of items (default: 0.2)",
  });
  pageMs = Option.String("--page-ms", {
    description: "milliseconds that a scan's page of 1 MB takes (default: 100)",
  });
  objectMs = Option.String("--object-ms", {
    description: "milliseconds that a small object on S3 takes (default: 50)",
  });
  itemMs = Option.String("--item-ms", {
    description: "milliseconds that writing an item takes, or looking some up (default: 10)",
  });
  profile = Option.String("--profile", { description: "AWS profile for the tables" });
  roleArn = Option.String("--role-arn", { description: "role to assume for the tables" });
  externalId = Option.String("--external-id", { description: "external id of that role" });
  replicaProfile = Option.String("--replica-profile", { description: "AWS profile for the replica" });
  replicaRoleArn = Option.String("--replica-role-arn", { description: "role to assume for the replica" });
  replicaExternalId = Option.String("--replica-external-id", {
    description: "external id of the replica's role",
  });
  json = Option.Boolean("--json", false, { description: "print one JSON object" });

  async execute(): Promise<number> {
    const { parseEstimate } = await import("./estimate/estimate-request.ts");
    const { runEstimate } = await import("./estimate/run-estimate.ts");
    return await runEstimate(parseEstimate(this));
  }
}
