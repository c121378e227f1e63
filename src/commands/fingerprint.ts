import { Command, Option } from "clipanion";
import { TableTransferCommand } from "./options/transfer-command.ts";

/** Parses and hands on; the run itself is in fingerprint/run-fingerprint.ts. */
export class FingerprintCommand extends TableTransferCommand {
  static override paths = [["fingerprint"]];
  static override usage = Command.Usage({
    description: "Tell a table or a backup by its fingerprint",
    details: `
      Reads all items once. The fingerprint is a small file: for each of 4,096 buckets of the keys' hash the number of
      items and the sum of their digests. It does not depend on order, segments or the kind of source, so two regions, or today and
      last month, are compared without moving an item: see \`diff-fingerprints\`.

      A source is a table (\`region/table\`, \`host:port/table\`, an ARN), a dump's folder, a snapshot or another file of items, or an
      incremental folder itself (\`s3://backups/inc/orders\`). Where its manifest holds a fingerprint, it says whether the items still agree.

      Exit codes: 0 taken; 1 taken, but not what the manifest says; 2 wrong usage, or something could not be done; 130 stopped.
    `,
    examples: [
      ["Of a table, gently", "$0 fingerprint us-east-1/orders --max-rcu 100 --out orders.json"],
      ["Is a dump still what was backed up?", "$0 fingerprint s3://backups/nightly/2026-11-23"],
      [
        "Of an incremental folder, as it was on Tuesday",
        "$0 fingerprint s3://backups/inc/orders --at 2026-11-17T14:03:00Z --out old.json",
      ],
      ["Of a file without a manifest", "$0 fingerprint ./orders.gz --key-schema id:S"],
    ],
  });

  source = Option.String({ name: "source" });

  out = Option.String("--out", {
    description: "write the fingerprint to this file (replaced if it is there)",
  });
  at = Option.String("--at", {
    description: "a moment, e.g. 2026-11-17T14:03:00Z: an incremental folder as it stood then",
  });
  buckets = Option.String("--buckets", { description: "16, 256, 4096 (default) or 65536" });
  like = Option.String("--like", { description: "a table that has the source's key" });
  keySchema = Option.String("--key-schema", { description: "the source's key, e.g. id:S or id:S,at:N" });
  segments = Option.String("--segments", {
    description: "how many segments a table is split into (default: by size)",
  });
  concurrency = Option.String("--concurrency", {
    description: "segments of a table read at the same time (default: 4)",
  });
  reads = Option.String("--reads", { description: "objects read at the same time (default: 64)" });

  async execute(): Promise<number> {
    const { parseFingerprintRequest, runFingerprint } = await import("./fingerprint/run-fingerprint.ts");
    const { outputMode } = await import("./output/mode.ts");
    const request = parseFingerprintRequest(this);
    return await runFingerprint(request, outputMode(this, process));
  }
}
