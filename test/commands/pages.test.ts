import { expect, test } from "bun:test";
import stringWidth from "string-width";
import { DDBR, runDdbr } from "../helpers/cli.ts";
import { startTerminal } from "../helpers/pty.ts";

const WORDS = ["restore-table", "--help"];
const PAGE_LINES = 300;

async function pageAt(cols: number): Promise<string[]> {
  const terminal = startTerminal([DDBR, ...WORDS], { cols, rows: PAGE_LINES });
  expect(await terminal.exitCode).toBe(0);
  const lines = terminal.history();
  await terminal.close();
  return lines;
}

/** The names of its options from top to bottom. */
function optionsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^ {2}(--[a-z0-9-]+)/.exec(line)?.slice(1) ?? []);
}

test.each([80, 100])("in a terminal %i wide a description is broken in its column", async (cols) => {
  const lines = await pageAt(cols);
  const from = lines.indexOf("Options");
  const options = lines.slice(from + 2, lines.indexOf("", from + 2));
  const column = options[0]!.indexOf("only this record");
  expect(column).toBeGreaterThan(20);
  const begins = options.map((line) => (line.startsWith("  --") ? 2 : line.search(/\S/)));
  expect(new Set(begins)).toEqual(new Set([2, column]));
  for (const line of options) expect(stringWidth(line)).toBeLessThanOrEqual(cols);
});

test("a command's own options come first, in a terminal as elsewhere, where each is a line", async () => {
  const { stdout } = await runDdbr(WORDS);
  const options = optionsOf(stdout.split("\n"));
  expect(options).toEqual(optionsOf(await pageAt(80)));
  expect(options[0]).toBe("--key");
  expect(options.indexOf("--mode")).toBeLessThan(options.indexOf("--s3-profile"));
  expect(options.at(-1)).toBe("--consistent");
  expect(stdout).toMatch(/^ {2}--undo-file=… .* \(default: \.\/ddbr-restore-<table>-<jobid>\.ndjson\)$/m);
});

test("a narrow terminal breaks lines itself", async () => {
  expect(optionsOf(await pageAt(40)).length).toBeGreaterThan(40);
});
