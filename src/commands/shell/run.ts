import type { WriteStream } from "node:tty";
import { type BaseContext, Cli } from "clipanion";
import { describeError, exitCodeOf } from "../../core/errors.ts";
import { COMMANDS } from "../commands.ts";
import { VERSION } from "../version.ts";
import { arrangePage } from "./arrange-page.ts";

/** Clipanion writes failures to stdout, with usage pages and stacks: here they are kept for one line on stderr. */
class DdbrCli extends Cli {
  failure: unknown;
  /** Of the terminal that pages are written to, if it is one. */
  columns?: number;

  override error(error: unknown): string {
    this.failure = error;
    return "";
  }

  /** Clipanion draws a rule behind a heading, which is a column too long for many terminals. */
  override format(colored?: boolean): ReturnType<Cli["format"]> {
    const format = super.format(colored);
    return { ...format, header: format.bold };
  }

  /** Clipanion marks an option's value by `#0`, and ends its pages without a line break. */
  override usage(...args: Parameters<Cli["usage"]>): string {
    const page = super.usage(...args).replaceAll(/ #0/g, "=… ");
    return `${arrangePage(page, this.columns).trimEnd()}\n`;
  }
}

/** Runs the command that the words ask for and returns the exit code. */
export async function run(words: string[], context: BaseContext = Cli.defaultContext): Promise<number> {
  const cli = new DdbrCli({
    binaryName: "ddbr",
    binaryLabel: "Redundancy and recoverability for Amazon DynamoDB",
    binaryVersion: VERSION,
    enableColors: wantsColors(context),
  });
  if (isTerminal(context)) cli.columns = context.stdout.columns;
  for (const command of COMMANDS) cli.register(command);
  const [first, ...rest] = words;
  const asksOf =
    rest.length === 1 ||
    COMMANDS.some(({ paths }) => paths?.some((path) => path.join(" ") === rest.join(" ")));
  const argv = first === "help" && asksOf ? [...rest, "--help"] : words;
  const exitCode = await cli.run(argv, context);
  return cli.failure === undefined ? exitCode : fail(cli, argv, context);
}

async function fail(cli: DdbrCli, argv: string[], context: BaseContext): Promise<number> {
  const { explainSyntaxProblem, isSyntaxProblem } = await import("./usage-problem.ts");
  const error = isSyntaxProblem(cli.failure)
    ? explainSyntaxProblem(cli.failure, argv, cli.definitions())
    : cli.failure;
  context.stderr.write(`ddbr: ${describeError(error)}\n`);
  return exitCodeOf(error);
}

function wantsColors(context: BaseContext): boolean {
  return isTerminal(context) && !context.env.NO_COLOR && context.env.TERM !== "dumb";
}

function isTerminal(context: BaseContext): context is BaseContext & { stdout: WriteStream } {
  return "isTTY" in context.stdout && context.stdout.isTTY === true;
}
