import { expect, test } from "bun:test";
import { Cli, Command, Option } from "clipanion";
import { explainSyntaxProblem, isSyntaxProblem } from "../../src/commands/shell/usage-problem.ts";
import { describeError, exitCodeOf } from "../../src/core/errors.ts";

class CopyCommand extends Command {
  static override paths = [["copy-tables"]];
  static override usage = Command.Usage({ description: "copy" });
  from = Option.String({ name: "from" });
  to = Option.String({ name: "to" });
  segments = Option.String("--segments", { description: "how many" });
  yes = Option.Boolean("--yes,-y", false, { description: "do not ask" });
  async execute(): Promise<void> {}
}

class DropCommand extends CopyCommand {
  static override paths = [["drop"]];
}

const cli = Cli.from([CopyCommand, DropCommand], { binaryName: "ddbr" });

function explain(line: string): string {
  const argv = line.split(" ");
  try {
    cli.process(argv, undefined);
  } catch (error) {
    if (!isSyntaxProblem(error)) throw error;
    const explained = explainSyntaxProblem(error, argv, cli.definitions());
    expect(exitCodeOf(explained)).toBe(2);
    return describeError(explained);
  }
  throw new Error(`"${line}" is fine`);
}

const SEE = "see `ddbr copy-tables --help`";

test.each([
  ["copy-table a b", 'unknown command "copy-table" - did you mean copy-tables? see `ddbr --help`'],
  ["frobnicate", 'unknown command "frobnicate" - see `ddbr --help`'],
  ["frobnicate --help", 'unknown command "frobnicate" - see `ddbr --help`'],
  ["--versoin", "unknown option --versoin - did you mean --version? see `ddbr --help`"],
  [
    "copy-tables a b --segmets 3",
    `unknown option --segmets for copy-tables - did you mean --segments? ${SEE}`,
  ],
  ["copy-tables a b --seg 3", `unknown option --seg for copy-tables - did you mean --segments? ${SEE}`],
  [
    "--segmets=3 copy-tables a b",
    `unknown option --segmets for copy-tables - did you mean --segments? ${SEE}`,
  ],
  ["copy-tables a b -x", `unknown option -x for copy-tables - ${SEE}`],
  ["copy-tables a b --frobnicate", `unknown option --frobnicate for copy-tables - ${SEE}`],
  ["copy-tables a b --yes=no", `option --yes of copy-tables takes no value - ${SEE}`],
  [
    "copy-tables a b --segments",
    `option --segments of copy-tables needs a value - write --segments=value; ${SEE}`,
  ],
  [
    "copy-tables a b --segments -1",
    `option --segments of copy-tables needs a value - write --segments=value; ${SEE}`,
  ],
  ["copy-tables", `copy-tables needs more arguments - usage: ddbr copy-tables <from> <to>; ${SEE}`],
  ["copy-tables a", `copy-tables needs more arguments - usage: ddbr copy-tables <from> <to>; ${SEE}`],
  [
    "copy-tables a b c",
    `unexpected argument "c" for copy-tables - usage: ddbr copy-tables <from> <to>; ${SEE}`,
  ],
])("one line that says what is wrong and what to do: ddbr %s", (line, explanation) => {
  expect(explain(line)).toBe(explanation);
});

test("what was typed does not reach the terminal as control characters", () => {
  expect(explain("\x1b[2Jboo")).not.toContain("\x1b");
  expect(explain("copy-tables a b --\x1b]0;x\x07")).not.toMatch(/[\x1b\x07]/);
});
