import { Command, Option } from "clipanion";
import { TableTransferCommand } from "./options/transfer-command.ts";

/** Parses and hands on; the run itself is in fingerprint/run-diff-fingerprints.ts. */
export class DiffFingerprintsCommand extends TableTransferCommand {
  static override paths = [["diff-fingerprints"]];
  static override usage = Command.Usage({
    description: "Say whether two are equal, and where they differ",
    details: `
      Each is a file of \`fingerprint\`, or the manifest of a dump or a snapshot that holds one, here or on S3. Of different
      numbers of buckets the finer is folded to the coarser.

      With \`--source-a\` and \`--source-b\`, what they were taken of, the items in the differing buckets are read and compared, and
      those that differ are listed: an incremental folder's objects in these buckets alone are read; tables, dumps and files are read through.
      Nothing is confirmed by a second look: for tables that are written to there is \`diff-tables\`.

      Exit codes: 0 the fingerprints are equal; 1 they differ; 2 wrong usage, or something could not be done; 130 stopped.
    `,
    examples: [
      ["Two regions", "$0 diff-fingerprints us.json eu.json"],
      [
        "A table and last night's dump",
        "$0 diff-fingerprints orders.json s3://backups/nightly/2026-11-23/manifest.json",
      ],
      [
        "Which records is it?",
        "$0 diff-fingerprints old.json new.json --source-a ./orders.gz --source-b s3://backups/inc/orders",
      ],
    ],
  });

  a = Option.String({ name: "a" });
  b = Option.String({ name: "b" });

  sourceA = Option.String("--source-a", { description: "what fingerprint a was taken of" });
  sourceB = Option.String("--source-b", { description: "what fingerprint b was taken of" });
  segments = Option.String("--segments", {
    description: "how many segments a table is split into (default: by size)",
  });
  concurrency = Option.String("--concurrency", {
    description: "segments of a table read at the same time (default: 4)",
  });
  reads = Option.String("--reads", { description: "objects read at the same time (default: 64)" });
  override quiet = Option.Boolean("--quiet,-q", false, {
    description: "print whether they are equal, and discrepancies",
  });

  async execute(): Promise<number> {
    const { parseDiffFingerprints, runDiffFingerprints } = await import(
      "./fingerprint/run-diff-fingerprints.ts"
    );
    return await runDiffFingerprints(parseDiffFingerprints(this), this);
  }
}
