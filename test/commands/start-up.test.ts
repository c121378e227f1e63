import { expect, test } from "bun:test";
import { join } from "node:path";
import { staticImports } from "../helpers/static-imports.ts";

const CLI = join(import.meta.dir, "../../src/commands/cli.ts");

/** All that parsing a command line needs. A command loads what it works with when it runs. */
const LIGHT = ["clipanion"];

test("the command line starts without the SDK, Ink and dynalite", async () => {
  const { files, packages } = await staticImports(CLI);
  expect(files.size).toBeGreaterThan(5);
  expect([...packages].filter((name) => !LIGHT.includes(name))).toEqual([]);
});

test("jobs and screens are loaded when they are needed", async () => {
  const { files } = await staticImports(CLI);
  const heavy = [...files].filter((file) => /\/src\/(tui|lambda|core\/[^/]+)\//.test(file));
  expect(heavy).toEqual([]);
});
