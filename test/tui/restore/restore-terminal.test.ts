import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import type { TerminalOptions, TerminalSession } from "../../helpers/pty.ts";
import { CTRL_C, expectRestored, startDashboard, startProgram } from "../fixtures/driven-dashboard.ts";

const PROGRAM = join(import.meta.dir, "fixtures", "restore-program.ts");

const QUICK = { stepMs: 10, mishaps: [] };

let session: TerminalSession;

afterEach(() => session?.close());

async function start(script: object, options: TerminalOptions = {}): Promise<void> {
  session = await startDashboard(PROGRAM, { ...QUICK, ...script }, options);
}

/** One that ends by itself, perhaps before anybody has looked. */
function run(script: object, options: TerminalOptions = {}): void {
  session = startProgram(PROGRAM, { ...QUICK, ...script }, options);
}

async function press(keys: string, wanted: string | RegExp): Promise<void> {
  session.write(keys);
  await session.waitFor(wanted);
}

test("reads, asks, writes, verifies, and closes by itself", async () => {
  await start({ steps: 100 });
  await session.waitFor("Carry out this plan?");
  await press("y", /create +█*░* +\d+ %/);
  await session.waitFor("Verifying");
  await expectRestored(session, 0, "ended: restored");
});

test("n leaves: nothing is written", async () => {
  await start({ steps: 100 });
  await session.waitFor("Carry out this plan?");
  session.write("n");
  await expectRestored(session, 130, "ended: interrupted");
});

test("Ctrl-C while it asks is a no", async () => {
  await start({ steps: 100 });
  await session.waitFor("Carry out this plan?");
  session.write(CTRL_C);
  await expectRestored(session, 130, "ended: interrupted");
});

test("the question stays while the window is too small to see it, and comes back with it", async () => {
  await start({ steps: 100 });
  await session.waitFor("Carry out this plan?");
  session.resize(40, 8);
  await session.waitFor("Enlarge the window");
  session.write("y");
  // Nothing shows that the key has been read, and it must not be read after the window has grown.
  await Bun.sleep(1_000);
  session.resize(80, 24);
  await session.waitFor("Carry out this plan?");
  await press("y", "Writing");
  await expectRestored(session, 0, "ended: restored");
});

test("p stands everything still while it writes; q stops it", async () => {
  await start({ yes: true, stays: "writing" });
  await session.waitFor("Writing");
  await press("p", "PAUSED");
  await press("?", "any key closes it");
  await press("x", "p resume");
  await press("p", /ETA/);
  session.write("q");
  await expectRestored(session, 130, "ended: interrupted");
});

test("a failure of the run restores the terminal and is told", async () => {
  run({ steps: 20, failure: "no such bucket" });
  await expectRestored(session, 2, "failed: unexpected failure: Error: no such bucket");
});

test("what comes from a table or a bucket reaches the screen only in escaped form", async () => {
  run({ steps: 30, nasty: true, yes: true, mishaps: undefined });
  await expectRestored(session, 0, "ended: incomplete");
  expect(session.raw()).toContain("\\u001b[2J");
  expect(session.raw()).not.toContain("\x1b[2J\x1b[31mred");
  expect(session.raw()).not.toContain("title\x07");
  expect(session.raw()).not.toMatch(/[\x00-\x06\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u200b\u202e\u2028]/);
});

test.each(["TERM=dumb", "LANG=C"])("%s: nothing but ASCII", async (variable) => {
  const [name, value] = variable.split("=") as [string, string];
  run({ steps: 20, nasty: true, yes: true, mishaps: undefined }, { env: { [name]: value } });
  await session.exitCode;
  expect(session.raw()).not.toMatch(/[^\x00-\x7e]/);
});

test("NO_COLOR: no colours", async () => {
  run({ steps: 20, yes: true }, { env: { NO_COLOR: "1" } });
  await session.exitCode;
  expect(session.raw()).not.toMatch(/\x1b\[(3[0-7]|9[0-7]|4[0-7]|38|48)[;m]/);
});
