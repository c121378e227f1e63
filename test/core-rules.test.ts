import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const ROOT = join(import.meta.dir, "..");

interface Import {
  /** A path from the root, such as `src/core/errors.ts`, or a package's name. */
  target: string;
  /** Loaded only when the code comes to it. */
  lazy: boolean;
}

/** Every module that a source file names, types included: knowing a type is knowing the module. */
function importsOf(file: string, source: string): Import[] {
  const text = withoutComments(source);
  const found = text.matchAll(/(?:\b(import|require)\s*\(\s*|\b(?:from|import)\s*)(["'`])([^"'`]+)\2/g);
  return [...found].map(([, call, , specifier = ""]) => ({
    target: specifier.startsWith(".")
      ? relative(ROOT, resolve(ROOT, dirname(file), specifier)).replaceAll("\\", "/")
      : specifier,
    lazy: call !== undefined,
  }));
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** What is left when the program runs. */
function withoutTypeImports(source: string): string {
  return source.replace(/^\s*(import|export) type [^;]*;/gm, "");
}

function filesUnder(folder: string): [file: string, source: string][] {
  const files = [...new Bun.Glob("**/*.{ts,tsx}").scanSync(join(ROOT, folder))].sort();
  return files.map((name) => {
    const file = `${folder}/${name.replaceAll("\\", "/")}`;
    return [file, readFileSync(join(ROOT, file), "utf8")];
  });
}

const FORBIDDEN_IN_CORE = /^(ink|react|react-dom|clipanion)(\/|$)|^ink-|^src\/(tui|commands|lambda)(\/|$)/;
const COMMAND_LINE =
  /\bprocess\s*(\?\.|\.)\s*argv\b|\bprocess\s*\[\s*["'`]argv|\bBun\s*\.\s*argv\b|\bargv\b[^;]*["'](node:)?process["']/;

/** What a file of src/core does that it must not. */
function coreProblems(file: string, source: string): string[] {
  const targets = importsOf(file, source).map(({ target }) => target);
  const problems = targets
    .filter((target) => FORBIDDEN_IN_CORE.test(target))
    .map((target) => `imports ${target}`);
  if (COMMAND_LINE.test(withoutComments(source))) problems.push("reads the command line");
  return problems.map((problem) => `${file} ${problem}`);
}

/** What a file of src/commands does that it must not. */
function commandProblems(file: string, source: string): string[] {
  return importsOf(file, withoutTypeImports(source))
    .filter(({ target, lazy }) => !lazy && target.startsWith("src/tui"))
    .map(({ target }) => `${file} imports ${target} before it is needed`);
}

test("src/core knows neither the screen, the command line nor the Lambda functions", () => {
  const files = filesUnder("src/core");
  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap(([file, source]) => coreProblems(file, source))).toEqual([]);
});

test("src/commands loads src/tui only when it is needed", () => {
  const files = filesUnder("src/commands");
  expect(files.length).toBeGreaterThan(5);
  expect(files.flatMap(([file, source]) => commandProblems(file, source))).toEqual([]);
});

test("src/tui does not reach into src/commands or src/lambda", () => {
  const wrong = filesUnder("src/tui").flatMap(([file, source]) =>
    importsOf(file, source)
      .filter(({ target }) => /^src\/(commands|lambda)\//.test(target))
      .map(({ target }) => `${file} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

describe("these rules notice", () => {
  test.each([
    'import { Box } from "ink";',
    "import React from 'react';",
    'import type { ReactNode } from "react";',
    'import "ink";',
    'import { jsx } from "react/jsx-runtime";',
    'import Spinner from "ink-spinner";',
    'export * from "clipanion";',
    'import {\n  Command,\n  Option,\n} from "clipanion";',
    'const { render } = await import("ink");',
    'const ink = require("ink");',
    'type Box = import("ink").Box;',
    'import { run } from "../../commands/shell/run.ts";',
    'import type { View } from "../../tui/state/view.ts";',
    'const view = await import("../../tui/view.tsx");',
    'import { handler } from "../../lambda/replicate.ts";',
    "const word = process.argv[2];",
    'const word = process["argv"][2];',
    "const word = Bun.argv[2];",
    'import { argv } from "node:process";',
  ])("in src/core: %s", (line) => {
    expect(coreProblems("src/core/diff/any.ts", `${line}\n`)).toHaveLength(1);
  });

  test.each([
    'import { link } from "../link.ts";',
    'import pRetry from "p-retry";',
    '// import { Box } from "ink" is not for here, nor is process.argv',
    '/* import "react" */',
    "const region = process.env.AWS_REGION;",
    'import { shrink } from "shrink";',
  ])("and let be: %s", (line) => {
    expect(coreProblems("src/core/diff/any.ts", `${line}\n`)).toEqual([]);
  });

  test.each([
    ['import { showDiffDashboard } from "../../tui/dashboards/diff-dashboard.tsx";', 1],
    ['export { view } from "../../tui/state/view.ts";', 1],
    ['const { view } = await import("../../tui/state/view.ts");', 0],
    ['import type { View } from "../../tui/state/view.ts";', 0],
    ['import { ask } from "../output/ask.ts";', 0],
  ])("in src/commands: %s", (line, problems) => {
    expect(commandProblems("src/commands/diff/any.ts", `${line}\n`)).toHaveLength(problems);
  });
});
