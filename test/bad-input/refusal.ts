import { expect } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDdbr } from "../helpers/cli.ts";
import { UNSAFE } from "../item/unsafe-text.ts";

export type Environment = Record<string, string | undefined>;

export interface RefusalOptions {
  env?: Environment;
  /** What the line must not say. */
  notSaying?: RegExp;
  /** Nobody can know what is to be done about it. */
  noAdvice?: boolean;
}

/** A port that nothing listens on. */
export const CLOSED = "http://127.0.0.1:1";

/** Nothing that is asked for by mistake leaves this machine, and nobody's credentials are used. */
const ISOLATED: Environment = {
  AWS_ENDPOINT_URL_DYNAMODB: CLOSED,
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/nonexistent/config",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_PROFILE: undefined,
  AWS_REGION: "us-east-1",
};

/** What only a programmer understands, or what blames the program for what somebody typed. */
const JARGON =
  /unexpected failure|TypeError|SyntaxError|RangeError|undefined is not|is not a function|verbose: true|fetch\(|node_modules|\bat .*:\d+:\d+|\[object /;

/**
 * Runs `ddbr` with these words and expects it to refuse them as everything wrong is refused: exit code 2, nothing
 * on stdout, on stderr one line that says what, where and what to do, and no file made, changed or removed.
 * @returns the line, without `ddbr: `
 */
export async function expectRefused(
  args: string[],
  says: readonly RegExp[],
  { env = {}, notSaying, noAdvice = false }: RefusalOptions = {},
): Promise<string> {
  const cwd = workingDirectory();
  const before = contents(cwd);
  try {
    const result = await runDdbr(args, { cwd, env: { ...ISOLATED, ...env }, timeoutMs: 90_000 });
    const { stderr, stdout, code } = result;
    expect({ code, stdout, lines: stderr.split("\n").length - 1 }, stderr).toEqual({
      code: 2,
      stdout: "",
      lines: 1,
    });
    expect(contents(cwd), "no file is made, changed or removed").toEqual(before);
    expect(stderr).toStartWith("ddbr: ");
    const line = stderr.slice("ddbr: ".length, -1);
    for (const part of says) expect(line).toMatch(part);
    if (notSaying !== undefined) expect(line).not.toMatch(notSaying);
    expect(line).not.toMatch(UNSAFE);
    expect(line).not.toMatch(JARGON);
    // What to do comes behind a dash.
    if (!noAdvice) expect(line).toMatch(/ - \S.*$/);
    return line;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** `there` is a file, `folder` a folder. */
function workingDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "ddbr-bad-input-"));
  writeFileSync(join(directory, "there"), "what was there before\n");
  mkdirSync(join(directory, "folder"));
  return directory;
}

function contents(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const path = join(directory, name);
      return [name, statSync(path).isDirectory() ? "(folder)" : readFileSync(path, "utf8")];
    }),
  );
}
