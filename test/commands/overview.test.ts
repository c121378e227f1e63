import { expect, test } from "bun:test";
import { join } from "node:path";
import { version } from "../../package.json";
import { runProgram } from "../helpers/cli.ts";

const CLI = [process.execPath, join(import.meta.dir, "../../src/commands/cli.ts")];

test("ddbr alone, --help, -h and help show the same overview, plain off a terminal", async () => {
  const pages = await Promise.all(
    [[], ["--help"], ["-h"], ["help"]].map((args) => runProgram([...CLI, ...args])),
  );
  for (const page of pages) {
    expect({ ...page, ms: 0 }).toEqual({ code: 0, stdout: pages[0]!.stdout, stderr: "", ms: 0 });
  }
  const overview = pages[0]!.stdout;
  expect(overview).toStartWith(`ddbr ${version}`);
  for (const part of ["diff-tables  ", "demo  ", "Examples", "    ddbr demo\n"])
    expect(overview).toContain(part);
  expect(overview).not.toContain("\x1b");
  for (const line of overview.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("help <command> is the command's --help", async () => {
  const [help, option] = await Promise.all([
    runProgram([...CLI, "help", "diff-tables"]),
    runProgram([...CLI, "diff-tables", "--help"]),
  ]);
  expect(help.stdout).toContain("--segments");
  expect(help).toEqual({ ...option, ms: help.ms });
  expect(help.code).toBe(0);
});

test("a mistake is one line on stderr, and exit 2", async () => {
  for (const args of [
    ["help", "frobnicate"],
    ["frobnicate"],
    ["diff-tables", "a"],
    ["demo", "--prot", "1"],
  ]) {
    const { code, stdout, stderr } = await runProgram([...CLI, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^ddbr: [^\n]+\n$/);
  }
});

test("a reader that goes away ends the program quietly", async () => {
  const child = Bun.spawn(["sh", "-c", `"$@" | true; "$@" --help | head -n 1`, "sh", ...CLI], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(stderr).toBe("");
  expect(stdout.split("\n")).toHaveLength(2);
});
