import { expect, test } from "bun:test";
import type { LineProgram } from "../../src/tui/components/line-screen.tsx";
import { showDiffDashboard } from "../../src/tui/dashboards/diff-dashboard.tsx";
import { span } from "../../src/tui/format/spans.ts";
import { openScreen } from "../../src/tui/terminal/screen.tsx";
import { FakeStdin, FakeStdout } from "./fixtures/fake-terminal.ts";
import { playRun } from "./fixtures/scripted-run.ts";

const SIZE = { columns: 80, rows: 24 };
const ENTER_ALTERNATE = "\x1b[?1049h";
const LEAVE_ALTERNATE = "\x1b[?1049l";

const greeting: LineProgram = { live: true, lines: () => [[span("hello")]], press: () => {} };

test("a screen gives back what it took", async () => {
  const stdout = new FakeStdout(SIZE);
  const stdin = new FakeStdin();
  const { log } = console;
  const screen = openScreen(greeting, { stdout: stdout.stream, stdin: stdin.stream, env: {} });
  expect(stdout.written).toContain(ENTER_ALTERNATE);
  expect(stdin.raw).toBe(true);
  expect(console.log).not.toBe(log);
  screen.close();
  await screen.closed;
  expect(stdout.written).toContain(LEAVE_ALTERNATE);
  expect(stdin.raw).toBe(false);
  expect(console.log).toBe(log);
  expect(stdout.listenerCount("resize")).toBe(0);
});

test("a program that can't be drawn gives the terminal back, and the reason", async () => {
  const stdout = new FakeStdout(SIZE);
  const stdin = new FakeStdin();
  let drawn = 0;
  const program: LineProgram = {
    ...greeting,
    lines: () => {
      if (drawn++ > 0) throw new Error("a defect in drawing");
      return [[span("hello")]];
    },
  };
  const screen = openScreen(program, { stdout: stdout.stream, stdin: stdin.stream, env: {} });
  await expect(screen.closed).rejects.toThrow("a defect in drawing");
  expect(stdout.written.endsWith("\x1b[?7h")).toBe(true);
  expect(stdout.written).toContain(LEAVE_ALTERNATE);
  expect(stdin.raw).toBe(false);
});

test("keys that arrive at once are all obeyed", async () => {
  const stdin = new FakeStdin();
  const pressed: string[] = [];
  const program: LineProgram = { ...greeting, press: (key) => void pressed.push(key) };
  const screen = openScreen(program, { stdout: new FakeStdout(SIZE).stream, stdin: stdin.stream, env: {} });
  stdin.press("jj\x1b[A\x1b[6~G\rq\x03");
  screen.close();
  await screen.closed;
  expect(pressed).toEqual(["j", "j", "up", "pagedown", "G", "enter", "q", "ctrl-c"]);
});

test("without a keyboard the dashboard closes by itself, also when something was found", async () => {
  const stdout = new FakeStdout(SIZE);
  const { summary } = await showDiffDashboard({
    title: "ddbr diff-tables",
    run: (job) => playRun({ steps: 5, stepMs: 1 }, job),
    stdout: stdout.stream,
    stdin: new FakeStdin({ isTTY: false }).stream,
  });
  expect(summary.outcome).toBe("discrepancies");
  expect(stdout.written).toContain(LEAVE_ALTERNATE);
});

test("closeWhenDone closes it, too", async () => {
  const { summary } = await showDiffDashboard({
    title: "ddbr diff-tables",
    run: (job) => playRun({ steps: 5, stepMs: 1 }, job),
    closeWhenDone: true,
    stdout: new FakeStdout(SIZE).stream,
    stdin: new FakeStdin().stream,
  });
  expect(summary.outcome).toBe("discrepancies");
});
