import { describe, test } from "bun:test";
import { driftedTables } from "./drifted-tables.ts";
import { expectRefused } from "./refusal.ts";

const tables = driftedTables();
const repair = (...options: string[]) => [
  "diff-tables",
  tables.primary.location,
  tables.replica.location,
  "--repair",
  ...options,
];

describe("files that cannot be written", () => {
  test.each<[string[], RegExp[]]>([
    [
      ["--report", "nowhere/report"],
      [/nowhere\/report/, /cannot be written/, /no such/],
    ],
    [
      ["--report", "folder"],
      [/folder/, /cannot be written/, /directory/],
    ],
    [
      ["--report", "there/report"],
      [/there\/report/, /cannot be written/],
    ],
    [
      ["--report", "x".repeat(300)],
      [/xxx/, /cannot be written/],
    ],
    [
      ["--report", "nowhere/\u001b[31mred\n"],
      [/\\u001b\[31mred\\u000a/, /cannot be written/],
    ],
    [
      ["--undo-file", "nowhere/undo"],
      [/nowhere\/undo/, /cannot be written/, /no such/],
    ],
    [
      ["--undo-file", "there/undo"],
      [/there\/undo/, /cannot be written/],
    ],
    [
      ["--undo-file", "nowhere/\u001b[31mred"],
      [/\\u001b\[31mred/, /cannot be written/],
    ],
  ])("%j", async (options, says) => {
    await expectRefused(repair(...options), says);
  });

  test("that is known before anything is asked or read, not after the repair", async () => {
    await expectRefused(repair("--report", "nowhere/report", "--json"), [/nowhere\/report/]);
  });
});

describe("an undo file that is there already is not overwritten", () => {
  test.each([["there"], ["./there"], ["folder"]])("%s", async (path) => {
    await expectRefused(repair("--undo-file", path), [
      /the file exists/,
      /never overwritten: name a new one/,
    ]);
  });

  test("nor is a report made then", async () => {
    await expectRefused(repair("--undo-file", "there", "--report", "new"), [/there: the file exists/]);
  });
});

test("an undo file is not left behind when the report cannot be written", async () => {
  await expectRefused(repair("--undo-file", "new", "--report", "nowhere/report"), [/nowhere\/report/]);
});
