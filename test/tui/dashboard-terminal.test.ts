import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programEnvironment } from "../helpers/program-environment.ts";
import type { TerminalOptions, TerminalSession } from "../helpers/pty.ts";
import {
  CTRL_C,
  expectRestored as expectDashboardRestored,
  startDashboard,
  startProgram,
} from "./fixtures/driven-dashboard.ts";

const PROGRAM = join(import.meta.dir, "fixtures", "dashboard-program.tsx");
const UP = "\x1b[A";
const DOWN = "\x1b[B";
const END = "\x1b[F";
const ESCAPE = "\x1b";
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

const expectRestored = (exitCode: number, lastWords: string) =>
  expectDashboardRestored(session, exitCode, lastWords);

const selected = () => session.screen().find((line) => line.startsWith(" ▸"));

test("scrolls, filters and opens records, then leaves with q", async () => {
  await start({ steps: 20, discrepancies: 500 });
  await session.waitFor("finished");
  await session.waitFor(/all +1 of 500/);
  await press(`${DOWN}${DOWN}j`, /4 of 500/);
  await press(`${UP}k`, /2 of 500/);
  await press("\x1b[6~", /1[0-9] of 500/);
  await press(END, /500 of 500/);
  expect(selected()).toContain("u-10499");
  await press("g", /1 of 500/);
  await press("f", /missing +1 of 167/);
  await press("ff", /extraneous +1 of 166/);
  expect(session.screen().filter((line) => /^ [ ▸] (missing|different)/.test(line))).toEqual([]);
  await press("f", /all +\d+ of 500/);
  await press("g", /1 of 500/);
  await press(`${DOWN}\r`, '"customer asked for it"');
  expect(session.screen().join("\n")).toMatch(/~ status +"refunded" +"paid"/);
  expect(session.screen().join("\n")).toMatch(/- tags +\(absent\) +SS \["red","green"\]/);
  await press("\x1b[C", "extraneous");
  await press(ESCAPE, "q quit");
  await press("?", "PgUp PgDn");
  await press("x", "q quit");
  session.write("q");
  await expectRestored(0, "ended: discrepancies");
});

test("resized to 60×15 and back, nothing of the other size stays on the screen", async () => {
  await start(LONG);
  await press("p", "PAUSED");
  await session.waitForQuiet(200);
  const before = session.screen();
  expect(before).toHaveLength(24);

  session.resize(60, 15);
  await session.waitFor(framed(15));
  const small = session.screen();
  for (const once of ["PAUSED", "primary", "replica", "▕", "Found", "q stop"]) {
    expect(small.filter((line) => line.includes(once))).toHaveLength(1);
  }
  expect(small.every((line) => line.length <= 60)).toBe(true);

  session.resize(28, 5);
  await session.waitFor((screen) => /^\d+ % paused/.test(screen[0]!) && screen.slice(1).join("") === "");

  session.resize(80, 24);
  await session.waitFor(framed(24));
  expect(session.screen()).toEqual(before);
});

/** A whole frame, from the title at the top to the keys at the bottom. */
function framed(rows: number) {
  return (screen: string[]) => screen[0]!.includes("PAUSED") && screen[rows - 1]!.includes("q stop");
}

test("p stands everything still and lets it go on", async () => {
  await start({ ...LONG, stepMs: 10 });
  await press("p", "PAUSED");
  await session.waitForQuiet(600);
  await press("p", /ETA/);
  const resumed = session.screen().join("\n");
  await session.waitFor((screen) => screen.join("\n") !== resumed);
});

test("Ctrl-C stops, says so while writes under way are finished, and leaves the summary", async () => {
  await start({ ...LONG, lastWordsMs: 2_000 });
  await press(CTRL_C, "stopping, writes under way are finished");
  await expectRestored(130, "ended: interrupted");
});

test("q stops a run that is paused, too", async () => {
  await start(LONG);
  await press("p", "PAUSED");
  session.write("q");
  await expectRestored(130, "ended: interrupted");
});

test("Ctrl-C once more leaves at once", async () => {
  await start({ ...LONG, lastWordsMs: 60_000 });
  await press(CTRL_C, "STOPPING");
  session.write(CTRL_C);
  await expectRestored(130, "failed: stopped");
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s stops like Ctrl-C", async (signal) => {
  await start(LONG);
  session.kill(signal);
  await expectRestored(130, "ended: interrupted");
});

test.each([0, 200])(
  "a terminal that goes away after %d ms stops the run, which still ends as it should",
  async (ms) => {
    const directory = mkdtempSync(join(tmpdir(), "ddbr-test-"));
    const outcomeFile = join(directory, "outcome");
    let screen = "";
    const data = (_: unknown, bytes: Uint8Array) => {
      screen += new TextDecoder().decode(bytes);
    };
    const program = Bun.spawn([process.execPath, PROGRAM, JSON.stringify({ ...LONG, outcomeFile })], {
      env: programEnvironment({ TERM: "xterm" }),
      terminal: { cols: 80, rows: 24, data },
    });
    while (!screen.includes("stop")) await Bun.sleep(5);
    await Bun.sleep(ms);
    program.terminal!.close();
    expect(await program.exited).toBe(130);
    expect(await Bun.file(outcomeFile).text()).toBe("interrupted");
    rmSync(directory, { recursive: true });
  },
);

test("a failure of the run restores the terminal and is told", async () => {
  run({ steps: 20, failure: "no such table" });
  await expectRestored(2, "failed: unexpected failure: Error: no such table");
});

test("a crash restores the terminal first, and loses no message", async () => {
  run({ ...LONG, crashAfterMs: 300 });
  expect(await session.exitCode).toBe(2);
  expect(session.alternateScreen()).toBe(false);
  expect(session.cursorHidden()).toBe(false);
  const left = session.screen().join("\n");
  expect(left).toContain("a warning ahead of the crash");
  expect(left).toContain("crash: defect in a timer");
});

test("without discrepancies it closes by itself", async () => {
  run({ steps: 20, discrepancies: 0 });
  await expectRestored(0, "ended: clean");
});

test("r asks, N changes nothing, y repairs and shows what became of each record", async () => {
  await start({ steps: 20, discrepancies: 20, repair: true });
  await session.waitFor("r repair");
  await press("r", "y yes   N no");
  await press("\r", "Discrepancies 20");
  expect(session.screen().join("\n")).not.toContain("repaired");
  await press("r", "delete what is");
  await press("y", "repaired 18");
  await press(END, "failed ✗");
  await press("\r", "ValidationException: \\u001b[31mtoo big");
  await press(ESCAPE, "q quit");
  session.write("q");
  await expectRestored(0, "ended: discrepancies, then discrepancies");
});

test("what comes from a table reaches the screen only in escaped form", async () => {
  await start({ steps: 20, nasty: true, discrepancies: 0 });
  await session.waitFor("finished");
  for (let number = 0; number < 10; number++) {
    await press("\r", "Esc back");
    await press(ESCAPE, "filter");
    session.write(DOWN);
  }
  expect(session.raw()).not.toContain("\x1b[2J\x1b[31mred");
  expect(session.raw()).not.toContain("title\x07");
  expect(session.raw()).not.toMatch(/[\x00-\x06\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u200b\u202e\u2028]/);
});

test.each(["TERM=dumb", "TERM=linux", "LANG=C"])("%s: nothing but ASCII", async (variable) => {
  const [name, value] = variable.split("=") as [string, string];
  await start({ steps: 20, nasty: true, big: true }, { env: { [name]: value } });
  await session.waitFor(/finished/);
  await press("\r", "Esc back");
  expect(session.raw()).not.toMatch(/[^\x00-\x7e]/);
});

test("NO_COLOR: no colours", async () => {
  await start({ steps: 20 }, { env: { NO_COLOR: "1" } });
  await session.waitFor("finished");
  expect(session.raw()).not.toMatch(/\x1b\[(3[0-7]|9[0-7]|4[0-7]|38|48)[;m]/);
});
