import { Command, Option } from "clipanion";

/** Parses and hands on; the demo itself is in demo/run-demo.ts. */
export class DemoCommand extends Command {
  static override paths = [["demo"]];
  static override usage = Command.Usage({
    description: "Try diff-tables on two tables that are built in",
    details: `
      Starts a DynamoDB in memory, on this machine alone, with a table of orders and a replica that has drifted.
      Compares the two, repairs the replica (on the dashboard: press r), and compares again.
      Needs no account, no network and no Java.

      Exit codes: 0 the replica equals the primary at the end; 1 it was not repaired; 2 something failed; 130 stopped.
    `,
    examples: [
      ["Watch a comparison and a repair", "$0 demo"],
      ["The same as plain lines", "$0 demo --plain"],
      ["Leave the drifted tables up for trying other commands", "$0 demo --no-repair --serve"],
    ],
  });

  repair = Option.Boolean("--repair", true, {
    description: "repair the replica (the default); --no-repair leaves the drift",
  });
  serve = Option.Boolean("--serve", false, {
    description: "leave the tables up until Ctrl-C, for other commands",
  });
  port = Option.String("--port", { description: "port of 127.0.0.1 to serve at (default: any free one)" });
  json = Option.Boolean("--json", false, { description: "print one JSON event a line" });
  plain = Option.Boolean("--plain", false, { description: "print plain lines also on a terminal" });
  quiet = Option.Boolean("--quiet,-q", false, {
    description: "print discrepancies and the summary, no progress",
  });

  async execute(): Promise<number> {
    const { outputMode } = await import("./output/mode.ts");
    const { numberOption } = await import("./options/numbers.ts");
    const mode = outputMode(this, process);
    const port = numberOption("--port", this.port, { min: 1, max: 65_535, integer: true });
    const { runDemo } = await import("./demo/run-demo.ts");
    return await runDemo({ mode, repair: this.repair, serve: this.serve, port });
  }
}
