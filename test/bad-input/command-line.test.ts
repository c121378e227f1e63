import { describe, test } from "bun:test";
import { driftedTables } from "./drifted-tables.ts";
import { expectRefused } from "./refusal.ts";

const tables = driftedTables();

/** `P` and `R` stand for the tables. */
const words = (args: string[]) =>
  args.map((word) => ({ P: tables.primary.location, R: tables.replica.location })[word] ?? word);

describe("commands", () => {
  test.each<[string[], RegExp[]]>([
    [["compare-tables"], [/unknown command "compare-tables"/, /ddbr --help/]],
    [
      ["diff-table", "P", "R"],
      [/unknown command "diff-table"/, /did you mean diff-tables\?/],
    ],
    [["DIFF-TABLES", "P", "R"], [/unknown command "DIFF-TABLES"/]],
    [
      ["P", "R"],
      [/unknown command "http:/, /ddbr --help/],
    ],
    [[""], [/unknown command ""/]],
    [["version"], [/unknown command "version"/]],
    [["help", "compare-tables"], [/unknown command "compare-tables"/]],
    [["compare", "diff-tables"], [/unknown command "compare"/]],
    [["\u001b[31mred\u001b[0m"], [/unknown command "\\u001b\[31mred/]],
    [["diff-tables\n", "P", "R"], [/unknown command "diff-tables\\n"/]],
    [["--verbose"], [/unknown option --verbose/, /ddbr --help/]],
    [["--versoin"], [/unknown option --versoin/, /did you mean --version\?/]],
    [["-x"], [/unknown option -x/]],
    [["--\u001b[2J"], [/unknown option --\\u001b\[2J/]],
  ])("%j", async (args, says) => {
    await expectRefused(words(args), says);
  });

  test("a word too many behind help does not blame an option nobody gave", async () => {
    await expectRefused(["help", "diff-tables", "P"], [/"P"/], { notSaying: /--help for diff-tables/ });
  });
});

describe("arguments and options of diff-tables", () => {
  const USAGE = /<primary> <replica>/;
  test.each<[string[], RegExp[]]>([
    [[], [/diff-tables needs more arguments/, USAGE]],
    [["P"], [/diff-tables needs more arguments/, USAGE]],
    [["--repair"], [/diff-tables needs more arguments/, USAGE]],
    [
      ["P", "R", "more"],
      [/unexpected argument "more"/, USAGE],
    ],
    [
      ["P", "R", "\u001b]0;owned\u0007"],
      [/unexpected argument "\\u001b\]0;owned/, USAGE],
    ],
    [
      ["P", "R", "--", "--repair"],
      [/unexpected argument "--repair"/, USAGE],
    ],
    [
      ["P", "R", "--verify"],
      [/unknown option --verify for diff-tables/, /ddbr diff-tables --help/],
    ],
    [
      ["P", "R", "--repare"],
      [/unknown option --repare/, /did you mean --repair\?/],
    ],
    [
      ["P", "R", "--dryrun"],
      [/unknown option --dryrun/, /did you mean --dry-run\?/],
    ],
    [
      ["P", "R", "--undofile=x"],
      [/unknown option --undofile/, /did you mean --undo-file\?/],
    ],
    [["P", "R", "-r"], [/unknown option -r/]],
    [["P", "R", "--rep\u001b[31mair"], [/unknown option --rep\\u001b\[31mair/]],
    [["P", "R", "--a\nb"], [/unknown option --a\\u000ab/]],
    [["P", "R", "--repair=yes"], [/--repair .*takes no value/]],
    [["P", "R", "--json=1"], [/--json .*takes no value/]],
    [["P", "R", "--segment"], [/--segment .*needs a value/]],
    [["P", "R", "--report"], [/--report .*needs a value/]],
    [["P", "R", "--report", "--json"], [/--report .*needs a value/]],
    [["P", "R", "--primary-profile"], [/--primary-profile .*needs a value/]],
  ])("%j", async (args, says) => {
    await expectRefused(words(["diff-tables", ...args]), says);
  });
});
