import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { BEFORE, newRestorable, type Restorable } from "./command-fixture.ts";

let place: Restorable;

beforeAll(async () => {
  place = await newRestorable();
});
afterAll(() => place.drop());

/** Nothing was written, and one line says what was wrong. */
async function expectRefused(args: string[], message: string): Promise<void> {
  const { code, stdout, stderr } = await place.ddbr(args);
  expect(stderr).toContain(message);
  expect(stderr).toMatch(/^ddbr: [^\n]*\n$/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(place.undoFiles()).toEqual([]);
}

const MORNING = "2026-01-17T14:03:00Z";
const LATER = "2026-01-17T14:20:00Z";

describe("restore-table", () => {
  test.each([
    [["--resume"], "--resume needs --undo-file"],
    [["--resume", "--dry-run", "--undo-file", "u"], "--resume contradicts --dry-run"],
    [["--like", "local/t"], "--like needs --create"],
    [["--key", '{"id":"a"}', "--keys", "k"], "--key contradicts --keys"],
    [["--key", '{"id":"a"}', "--partition", "a"], "--partition contradicts --key"],
    [["--keys", "k", "--partition", "a"], "--partition contradicts --keys"],
    [["--keys", "none"], "none: cannot be read"],
    [["--mode", "mirror"], '--mode is "mirror" - give merge, missing or replace'],
    [["--write-price", "cheap"], '--write-price is "cheap", not a number'],
    [["--max-wcu", "0"], '--max-wcu is "0", out of range'],
    [["--at", "yesterday"], '--at is "yesterday", not a moment'],
    [["--at", MORNING], "--at goes with an incremental folder, and this is none"],
    [["--key", '{"no":"a"}'], '"no" is not a key attribute of the table'],
    [["--partition", '{"id":5}'], '"id" is not a string'],
    [["--where", "v >"], '--where "v >" has no value'],
    [["--undo-file", "s3://b/undo"], "--undo-file is a URL"],
    [["--json", "--quiet"], "--json contradicts --quiet"],
  ])("%p", async (args, message) => {
    const source = ["restore-table", "./backup.ndjson", place.table.location];
    await expectRefused([...source, ...args, "--yes"], message);
  });

  test("a source and a table that are not there", async () => {
    await expectRefused(
      ["restore-table", "./none", place.table.location, "--yes"],
      "there is nothing to restore from",
    );
    await expectRefused(
      ["restore-table", "./backup.ndjson", `${place.table.location}-none`, "--yes"],
      "no such table",
    );
  });
});

describe("rewind", () => {
  test.each([
    [[], "--from is missing"],
    [["--from", MORNING], "--to is missing"],
    [["--from", LATER, "--to", MORNING], `--from ${LATER} is not before --to ${MORNING}`],
    [["--from", "14:03", "--to", LATER], '--from is "14:03", not a moment'],
    [["--from", MORNING, "--to", LATER, "--key", "{}", "--partition", "a"], "--partition contradicts --key"],
    [["--from", MORNING, "--to", LATER], "no such directory"],
  ])("%p", async (args, message) => {
    await expectRefused(["rewind", place.table.location, "./none", ...args, "--yes"], message);
  });
});

describe("undo", () => {
  test.each([
    [["none"], "none: cannot be read"],
    [["backup.ndjson"], "this is no undo file"],
    [["s3://bucket/undo"], "<file> is a URL"],
    [["backup.ndjson", "--resume"], "this is no undo file"],
  ])("%p", async (args, message) => {
    await expectRefused(["undo", ...args, "--yes"], message);
  });
});

describe("restore-record", () => {
  test.each([
    [[], "neither --at nor --version is given"],
    [["--at", MORNING, "--version", "v"], "--at contradicts --version"],
    [["--version", ""], "--version is empty"],
    [["--at", "now"], '--at is "now", not a moment'],
    [["--version", "v"], "no such directory"],
  ])("%p", async (args, message) => {
    const words = ["restore-record", place.table.location, "./none", '{"id":"a"}'];
    await expectRefused([...words, ...args, "--yes"], message);
  });
});

test("without a terminal and without --yes none of them begins", async () => {
  const { location } = place.table;
  const window = ["--from", MORNING, "--to", LATER];
  for (const words of [
    ["restore-table", "./backup.ndjson", location],
    ["rewind", location, "./none", ...window],
    ["restore-record", location, "./none", '{"id":"a"}', "--version", "v"],
  ]) {
    await expectRefused(words, "without a terminal nobody can be asked");
  }
  expect(await place.values()).toEqual(BEFORE);
});
