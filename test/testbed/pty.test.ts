import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { startTerminal, type TerminalOptions, type TerminalSession } from "../helpers/pty.ts";

const PROGRAM = [process.execPath, join(import.meta.dir, "fixtures", "tiny-terminal-program.ts")];

let session: TerminalSession;
const start = (options?: TerminalOptions) => {
  session = startTerminal(PROGRAM, options);
};

afterEach(() => session.close());

test("a program sees a terminal of the size asked for, and each resize", async () => {
  start({ cols: 70, rows: 20 });
  await session.waitFor("size 70x20");
  expect(session.screen().length).toBe(20);
  session.resize(60, 15);
  await session.waitFor("size 60x15");
  expect(session.screen().length).toBe(15);
  session.resize(80, 24);
  await session.waitFor(/^size 80x24$/);
});

test("keys arrive once raw mode is on; the exit code and the last words too", async () => {
  start();
  await session.waitForRawMode();
  session.write("j");
  await session.waitFor('keys "j"');
  session.write("\x1b[A");
  await session.waitFor((screen) => screen.some((line) => line.includes("\\u001b[A")));
  expect(session.alternateScreen()).toBe(true);
  expect(session.cursorHidden()).toBe(true);
  expect(session.isCooked()).toBe(false);
  session.write("q");
  expect(await session.exitCode).toBe(7);
  expect(session.alternateScreen()).toBe(false);
  expect(session.cursorHidden()).toBe(false);
  expect(session.screen()[0]).toBe("bye");
  expect(session.raw()).toMatch(/bye[\r]*\n$/);
});

test("Ctrl-C reaches the program as a key, and the terminal is cooked again afterwards", async () => {
  start();
  await session.waitForRawMode();
  session.write("\x03");
  expect(await session.exitCode).toBe(130);
  expect(session.isCooked()).toBe(true);
});

test("colours and attributes can be read", async () => {
  start();
  await session.waitFor("plain");
  const line = session.screen().findIndex((text) => text.startsWith("red"));
  expect(session.cellStyle(line, 0)).toMatchObject({ char: "r", foreground: 1, bold: true, inverse: false });
  expect(session.cellStyle(line, 4)).toMatchObject({ char: "r", foreground: "#010203", inverse: true });
  expect(session.cellStyle(line, 8)).toMatchObject({ char: "p", foreground: undefined, bold: false });
});

test("CI marks do not reach the program, other variables do", async () => {
  process.env.CI = "true";
  try {
    start();
    await session.waitFor("ci null");
  } finally {
    delete process.env.CI;
  }
  await session.close();
  start({ env: { CI: "on purpose" } });
  await session.waitFor('ci "on purpose"');
});

test("waiting in vain fails with what is on the screen", async () => {
  start();
  await session.waitFor("plain");
  await session.waitForQuiet(50);
  await expect(session.waitFor("no such text", 100)).rejects.toThrow(
    /no sign of "no such text"[\s\S]*│size 80x24/,
  );
});

test("Ctrl-C interrupts a program that has not taken the keyboard", async () => {
  session = startTerminal(["sleep", "60"]);
  await Bun.sleep(50);
  session.write("\x03");
  expect(await session.exitCode).toBe(130);
});
