import { Command } from "clipanion";
import { RecordPairCommand } from "./record/pair-command.ts";

/** Parses and hands on; the run itself is in record/run-diff-record.ts. */
export class DiffRecordCommand extends RecordPairCommand {
  static override paths = [["diff-record"]];
  static override usage = Command.Usage({
    description: "Compare single records of a replica with the primary's",
    details: `
      Reads the record in both tables with consistent reads and shows it attribute by attribute, down to the place in a map or list where it
      differs (\`m.y[0]\`): \`~\` it differs, \`+\` only in the primary, \`-\` only in the replica, \`=\` it is equal. The last line is
      \`equivalent\` or \`different\`.

      Behind the tables come the keys: JSON as people write it, or in wire form; without any, and without \`--keys\`, they are read from standard
      input. One key shows the whole record; several, or a file of them, give a line for each record, and the counts. A record that is
      in neither table is equivalent, and that is said.

      Exit codes: 0 equivalent; 1 different; 2 wrong usage, or something could not be done; 130 stopped.
    `,
    examples: [
      ["Compare a record", `$0 diff-record us-east-1/primary eu-west-1/replica '{"id":"abc"}'`],
      [
        "A key in wire form, the result for a program",
        `$0 diff-record us-east-1/orders eu-west-1/orders '{"id":{"S":"abc"},"at":{"N":"5"}}' --json`,
      ],
      [
        "Look again at what a report of diff-tables tells of",
        "$0 diff-record us-east-1/orders eu-west-1/orders --keys drift.ndjson",
      ],
    ],
  });

  async execute(): Promise<number> {
    const { openPair, parsePair } = await import("./record/sides.ts");
    const { runDiffRecord } = await import("./record/run-diff-record.ts");
    const request = parsePair(this, { writes: false, dryRun: false });
    return await runDiffRecord((signal) => openPair(request, signal), this);
  }
}
