import type { Command, Definition } from "clipanion";

/** The page that `ddbr` alone shows: every documented command with a line, and an example of each. */
export function overviewText(cli: Command["cli"]): string {
  const { bold } = cli.format();
  const commands: Definition[] = cli.definitions();
  const examples = commands.flatMap(({ examples = [] }) => examples.slice(0, 1));
  return [
    `${bold(`${cli.binaryName} ${cli.binaryVersion}`)}  ${cli.binaryLabel}`,
    "",
    `${bold("Usage")}  ${cli.binaryName} <command> [options]`,
    "",
    bold("Commands"),
    ...columns(
      commands.map(({ path, description = "" }) => [nameOf(path, cli.binaryName), description.trim()]),
    ),
    "",
    bold("Examples"),
    ...examples.flatMap(([label, line]) => [`  ${label.trim()}`, `    ${line}`]),
    "",
    `See ${bold(`${cli.binaryName} help <command>`)} for what a command does and all of its options.`,
    "",
  ].join("\n");
}

function nameOf(path: string, binaryName: string): string {
  return path.slice(binaryName.length + 1);
}

/** A name longer than this has its description below it: a page is 80 columns wide. */
const WIDEST_NAME = 20;

function columns(rows: [left: string, right: string][]): string[] {
  const width = Math.min(WIDEST_NAME, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) => {
    const line = `  ${(left.length > width ? "" : left).padEnd(width)}  ${right}`;
    return left.length > width ? [`  ${left}`, line] : [line];
  });
}
