import { Command, Option } from "clipanion";

/** Parses and hands on; the demo itself is in demo/run-demo-history.ts. */
export class DemoHistoryCommand extends Command {
  static override paths = [["demo", "history"]];
  static override usage = Command.Usage({
    description: "Browse the history of a record that is built in",
    details: `
      Starts a DynamoDB in memory with a table of orders, makes an incremental folder in a temporary directory that knows
      a long day of one of them, and opens \`record-history\` on it. Restoring a version (\`r\`) works.
      Needs no account, no network and no Java.

      Exit codes: 0 shown; 2 something failed; 130 stopped.
    `,
    examples: [
      ["Browse an order's history", "$0 demo history"],
      ["The same as lines of JSON", "$0 demo history --json"],
    ],
  });

  json = Option.Boolean("--json", false, { description: "print one JSON object a version" });
  plain = Option.Boolean("--plain", false, { description: "print the versions also on a terminal" });

  async execute(): Promise<number> {
    const { outputMode } = await import("./output/mode.ts");
    const mode = outputMode({ json: this.json, plain: this.plain, quiet: false }, process);
    const { runDemoHistory } = await import("./demo/run-demo-history.ts");
    return await runDemoHistory(mode);
  }
}
