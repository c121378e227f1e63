import { Command, Option } from "clipanion";
import { RecordPairCommand } from "./record/pair-command.ts";

/** Parses and hands on; the run itself is in record/run-replicate-record.ts. */
export class ReplicateRecordCommand extends RecordPairCommand {
  static override paths = [["replicate-record"]];
  static override usage = Command.Usage({
    description: "Make single records of a replica what the primary's are",
    details: `
      Puts the record as it is in the primary now, or deletes it when the primary does not have it, and shows it before and after. The
      write yields to newer ones and is verified, as \`diff-tables --repair\` does it. What is equal already is not written.

      Keys are given as to \`diff-record\`. Of records that are named in a file it asks once before writing, on a terminal.

      Exit codes: 0 done and verified, or equal already (of a dry run: 1 when something would be written); 2 wrong usage, or
      something could not be done; 130 stopped.
    `,
    examples: [
      ["Replicate a record", `$0 replicate-record us-east-1/primary eu-west-1/replica '{"id":"abc"}'`],
      [
        "Look what it would do",
        `$0 replicate-record us-east-1/primary eu-west-1/replica '{"id":"abc"}' --dry-run`,
      ],
      [
        "Repair what a report tells of, keeping what is replaced",
        "$0 replicate-record us-east-1/orders eu-west-1/orders --keys drift.ndjson --undo-file undo.ndjson",
      ],
    ],
  });

  dryRun = Option.Boolean("--dry-run", false, { description: "write nothing; show what would be written" });
  yes = Option.Boolean("--yes,-y", false, {
    description: "do not ask before writing (asked on a terminal only, for keys of a file)",
  });
  undoFile = Option.String("--undo-file", {
    description: "write what is replaced to this new file (NDJSON)",
  });
  maxWcu = Option.String("--max-wcu", { description: "write units a second on the replica, at most" });

  async execute(): Promise<number> {
    const { openPair, parsePair } = await import("./record/sides.ts");
    const { runReplicateRecord } = await import("./record/run-replicate-record.ts");
    const request = parsePair(this, { writes: true, dryRun: this.dryRun });
    return await runReplicateRecord((signal) => openPair(request, signal), this);
  }
}
