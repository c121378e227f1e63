import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programEnvironment } from "../../helpers/program-environment.ts";
import type { TerminalOptions, TerminalSession } from "../../helpers/pty.ts";
import { CTRL_C, expectRestored, startDashboard, startProgram } from "../fixtures/driven-dashboard.ts";

const PROGRAM = join(import.meta.dir, "fixtures", "transfer-program.tsx");
/** Steps of a run that goes on for as long as any test. */
const LONG = { steps: 3000 };

let session: TerminalSession;

afterEach(() => session?.close());

async function start(script: object, options: TerminalOptions = {}): Promise<void> {
  session = await startDashboard(PROGRAM, script, options);
}

/** One that ends by itself, perhaps before anybody has looked. */
function run(script: object, options: TerminalOptions = {}): void {
  session = startProgram(PROGRAM, script, options);
}

async function press(keys: string, wanted: string | RegExp): Promise<void> {
  session.write(keys);
  await session.waitFor(wanted);
}

test.each(["backup", "backfill", "snapshot"])("a %s runs, and closes by itself", async (job) => {
  await start({ job, steps: 200, mishaps: [] });
  await session.waitFor(job === "snapshot" ? "Folding" : /Segments +4 at work/);
  await expectRestored(session, 0, "ended: complete");
});

test("p stands everything still and lets it go on; ? helps", async () => {
  await start({ ...LONG, stepMs: 10 });
  await press("p", "PAUSED");
  await session.waitForQuiet(600);
  await press("?", "any key closes it");
  await press("x", "p resume");
  await press("p", /ETA/);
  const resumed = session.screen().join("\n");
  await session.waitFor((screen) => screen.join("\n") !== resumed);
});

test("resized to 60×15, to one line and back, nothing of the other size stays on the screen", async () => {
  await start(LONG);
  await press("p", "PAUSED");
  await session.waitForQuiet(200);
  const before = session.screen();

  session.resize(60, 15);
  await session.waitFor((screen) => screen[0]!.includes("PAUSED") && screen[14]!.includes("q stop"));
  const small = session.screen();
  for (const once of ["PAUSED", " read", " written", "Segments", "q stop"]) {
    expect(small.filter((line) => line.includes(once))).toHaveLength(1);
  }
  session.resize(28, 5);
  await session.waitFor((screen) => /^\d+ % paused/.test(screen[0]!) && screen.slice(1).join("") === "");
  session.resize(80, 24);
  await session.waitFor((screen) => screen[0]!.includes("PAUSED") && screen[23]!.includes("q stop"));
  expect(session.screen()).toEqual(before);
});

test("q stops, says so while writes under way are finished, and leaves the summary", async () => {
  await start({ ...LONG, lastWordsMs: 2_000 });
  await press("q", "stopping, writes under way are finished");
  expect(session.screen()[0]).toContain("STOPPING");
  await expectRestored(session, 130, "ended: interrupted");
});

test("q stops a run that is paused, too", async () => {
  await start(LONG);
  await press("p", "PAUSED");
  session.write("q");
  await expectRestored(session, 130, "ended: interrupted");
});

test("Ctrl-C stops; once more leaves at once", async () => {
  await start({ ...LONG, lastWordsMs: 60_000 });
  await press(CTRL_C, "STOPPING");
  session.write(CTRL_C);
  await expectRestored(session, 130, "failed: stopped");
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s stops like Ctrl-C", async (signal) => {
  await start(LONG);
  session.kill(signal);
  await expectRestored(session, 130, "ended: interrupted");
});

test("a terminal that goes away stops the run, which still ends as it should", async () => {
  const directory = mkdtempSync(join(tmpdir(), "ddbr-test-"));
  const outcomeFile = join(directory, "outcome");
  let screen = "";
  const program = Bun.spawn([process.execPath, PROGRAM, JSON.stringify({ ...LONG, outcomeFile })], {
    env: programEnvironment({ TERM: "xterm" }),
    terminal: {
      cols: 80,
      rows: 24,
      data: (_, bytes) => {
        screen += new TextDecoder().decode(bytes);
      },
    },
  });
  while (!screen.includes("stop")) await Bun.sleep(5);
  await Bun.sleep(100);
  program.terminal!.close();
  expect(await program.exited).toBe(130);
  expect(await Bun.file(outcomeFile).text()).toBe("interrupted");
  rmSync(directory, { recursive: true });
});

test("a failure of the run restores the terminal and is told", async () => {
  run({ steps: 20, failure: "no such bucket" });
  await expectRestored(session, 2, "failed: unexpected failure: Error: no such bucket");
});

test("a crash restores the terminal first, and loses no message", async () => {
  run({ ...LONG, crashAfterMs: 300 });
  expect(await session.exitCode).toBe(2);
  expect(session.alternateScreen()).toBe(false);
  const left = session.screen().join("\n");
  expect(left).toContain("a warning ahead of the crash");
  expect(left).toContain("crash: defect in a timer");
});

test("what comes from a table or a bucket reaches the screen only in escaped form", async () => {
  run({ steps: 60, nasty: true });
  await expectRestored(session, 0, "ended: incomplete");
  expect(session.raw()).toContain("\\u001b[2J");
  expect(session.raw()).not.toContain("\x1b[2J\x1b[31mred");
  expect(session.raw()).not.toContain("title\x07");
  expect(session.raw()).not.toMatch(/[\x00-\x06\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u200b\u202e\u2028]/);
});

test.each(["TERM=dumb", "LANG=C"])("%s: nothing but ASCII", async (variable) => {
  const [name, value] = variable.split("=") as [string, string];
  run({ steps: 30, nasty: true }, { env: { [name]: value } });
  await session.exitCode;
  expect(session.raw()).not.toMatch(/[^\x00-\x7e]/);
});

test("NO_COLOR: no colours", async () => {
  run({ steps: 30 }, { env: { NO_COLOR: "1" } });
  await session.exitCode;
  expect(session.raw()).not.toMatch(/\x1b\[(3[0-7]|9[0-7]|4[0-7]|38|48)[;m]/);
});
