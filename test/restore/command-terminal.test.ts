import { afterEach, beforeEach, expect, test } from "bun:test";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { DDBR } from "../helpers/cli.ts";
import { startTerminal, type TerminalOptions, type TerminalSession } from "../helpers/pty.ts";
import { BEFORE, MERGED, newRestorable, type Restorable } from "./command-fixture.ts";
import { newWrittenFolder, ownName } from "./written-folder.ts";

/** Others may keep the server busy. */
const SLOW_MS = 30_000;

let place: Restorable;
let session: TerminalSession | undefined;

beforeEach(async () => {
  place = await newRestorable();
});
afterEach(async () => {
  await session?.close();
  await place.drop();
});

async function start(args: string[], options: TerminalOptions = {}): Promise<TerminalSession> {
  const words = [DDBR, "restore-table", "./backup.ndjson", place.table.location, "--segments", "1"];
  session = startTerminal([...words, ...args], { cols: 100, rows: 30, cwd: place.folder, ...options });
  return session;
}

test("the dashboard asks about the plan, carries it out, and leaves the summary", async () => {
  const terminal = await start(["--mode", "replace"]);
  await terminal.waitFor("Carry out this plan?", SLOW_MS);
  await terminal.waitFor("leave: nothing is written");
  expect(terminal.alternateScreen()).toBe(true);
  const text = terminal.screen().join("\n");
  expect(text).toMatch(/^ {3}create +1 +6 B +1$/m);
  expect(text).toMatch(/^ {3}DELETE +1 +6 B +1$/m);
  expect(text).toContain("1 record is DELETED from the table.");
  expect(text).toContain(place.table.location);
  expect(text).toContain("./backup.ndjson (file)");
  expect(text).toMatch(/undo file {2}\.\/ddbr-restore-/);
  expect(await place.values()).toEqual(BEFORE);
  terminal.write("y");
  expect(await terminal.exitCode).toBe(0);
  expect(terminal.alternateScreen()).toBe(false);
  expect(terminal.isCooked()).toBe(true);
  const left = terminal.history().join("\n");
  expect(left).toContain("restored and verified: 1 created, 1 replaced, 1 deleted");
  expect(left).toContain("to take it back: ddbr undo ./ddbr-restore-");
  expect(await place.values()).toEqual({ a: "1", b: "2", c: "3" });
});

test("n in the dashboard writes nothing, and leaves no file", async () => {
  const terminal = await start([]);
  await terminal.waitFor("Carry out this plan?", SLOW_MS);
  terminal.write("n");
  expect(await terminal.exitCode).toBe(130);
  expect(terminal.history().join("\n")).toContain("stopped: nothing was written");
  expect(await place.values()).toEqual(BEFORE);
  expect(place.undoFiles()).toEqual([]);
});

test.each([
  ["n", "n\r"],
  ["nothing", "\r"],
  ["Ctrl-C", "\x03"],
])("off the dashboard the plan is asked about on the terminal: %s writes nothing", async (_, keys) => {
  const terminal = await start(["--plain"]);
  await terminal.waitFor(/Carry out this plan on .*\? \[y\/N\]/, SLOW_MS);
  const text = terminal.screen().join("\n");
  expect(text).toContain("create 1 item 6 B, replace 1, delete 0");
  expect(text).toContain("undo file  ./ddbr-restore-");
  terminal.write(keys);
  expect(await terminal.exitCode).toBe(130);
  expect(await place.values()).toEqual(BEFORE);
  expect(place.undoFiles()).toEqual([]);
});

test("a signal while it is asked ends it, and nothing is written", async () => {
  const terminal = await start(["--plain"]);
  await terminal.waitFor("[y/N]", SLOW_MS);
  terminal.kill("SIGTERM");
  expect(await terminal.exitCode).toBe(130);
  expect(place.undoFiles()).toEqual([]);
  expect(await place.values()).toEqual(BEFORE);
});

test("answered with y off the dashboard it restores", async () => {
  const terminal = await start(["--plain"]);
  await terminal.waitFor("[y/N]", SLOW_MS);
  terminal.write("y\r");
  expect(await terminal.exitCode).toBe(0);
  expect(await place.values()).toEqual(MERGED);
});

test("--yes is not asked, on the dashboard neither", async () => {
  const terminal = await start(["--yes"]);
  expect(await terminal.exitCode).toBe(0);
  expect(terminal.raw()).not.toContain("Carry out this plan?");
  expect(await place.values()).toEqual(MERGED);
});

test("restore-record shows the record, then asks", async () => {
  const words = ["restore-record", place.table.location, "./", '{"id":"b"}', "--at", "2026-01-17T14:03:00Z"];
  const written = await newWrittenFolder();
  const stored = Date.UTC(2026, 0, 17, 13);
  const event = { name: "INSERT" as const, sequence: 1 };
  await written.write(ownName("b"), [{ stored, holds: { id: { S: "b" }, v: { N: "5" } }, event }]);
  renameSync(written.path, join(place.folder, place.table.name));
  for (const [answer, code, v] of [
    ["n\r", 130, "20"],
    ["y\r", 0, "5"],
  ] as const) {
    const terminal = startTerminal([DDBR, ...words], { cols: 100, rows: 30, cwd: place.folder });
    session = terminal;
    await terminal.waitFor(`Write to ${place.table.location}? [y/N]`, SLOW_MS);
    expect(terminal.screen().join("\n")).toMatch(/^~ v +20 +5$/m);
    terminal.write(answer);
    expect(await terminal.exitCode).toBe(code);
    expect((await place.values()).b).toBe(v);
    await terminal.close();
  }
});
