import { type AddedVariables, programEnvironment } from "./program-environment.ts";
import { type CellStyle, Screen } from "./terminal.ts";

export type TerminalSession = {
  /** The lines in view, from the top, without the blanks at their ends. */
  screen(): string[];
  /** All lines, those scrolled out of view too: what stays when a program has ended. */
  history(): string[];
  /** Every byte so far, as text with its escape sequences. */
  raw(): string;
  cellStyle(line: number, column: number): CellStyle | undefined;
  /** Whether the program has taken the alternate screen. */
  alternateScreen(): boolean;
  cursorHidden(): boolean;
  /** Resolves when a line matches, the screen contains the text, or the predicate holds; fails with the screen. */
  waitFor(wanted: Wanted, timeoutMs?: number): Promise<void>;
  /** Resolves when nothing was written for this long. */
  waitForQuiet(quietMs: number, timeoutMs?: number): Promise<void>;
  /** Resolves when keys reach the program one by one; one sent earlier is lost. */
  waitForRawMode(timeoutMs?: number): Promise<void>;
  /** Whether the terminal reads whole lines and echoes them, as a shell leaves it. */
  isCooked(): boolean;
  /** Sends keys, e.g. `"j"`, `"\r"`, `"\x1b[A"` (up), `"\x03"` (Ctrl-C). */
  write(keys: string): void;
  resize(cols: number, rows: number): void;
  kill(signal?: NodeJS.Signals): void;
  /** Resolves when the program has ended and all it wrote is on the screen. 128 + n after signal n. */
  exitCode: Promise<number>;
  /** Ends the program if it still runs. */
  close(): Promise<void>;
};

export type Wanted = string | RegExp | ((screen: string[]) => boolean);

export type TerminalOptions = {
  cols?: number;
  rows?: number;
  env?: AddedVariables;
  cwd?: string;
};

const DEFAULT_TIMEOUT_MS = 30_000;
const POLL_MS = 5;
// <termios.h>: whole lines, with erase and kill.
const ICANON = process.platform === "darwin" ? 0x100 : 0x2;
const ECHO = 0x8;

/** Runs a command in a pseudo-terminal of its own, read through a terminal emulator. */
export function startTerminal(command: string[], options: TerminalOptions = {}): TerminalSession {
  const { cols = 80, rows = 24 } = options;
  const emulator = new Screen(cols, rows);
  const decoder = new TextDecoder();
  const ended = Promise.withResolvers<void>();
  let raw = "";
  let shown: Promise<unknown> = Promise.resolve();
  let lastOutput = performance.now();

  const child = Bun.spawn(command, {
    cwd: options.cwd ?? process.cwd(),
    env: programEnvironment({ TERM: "xterm-256color", ...options.env }),
    terminal: {
      cols,
      rows,
      data(_terminal, bytes) {
        raw += decoder.decode(bytes, { stream: true });
        lastOutput = performance.now();
        shown = emulator.feed(bytes.slice());
      },
      exit: () => ended.resolve(),
    },
  });
  const terminal = child.terminal!;

  const until = async (what: string, timeoutMs: number, holds: () => boolean) => {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      await shown;
      if (holds()) return;
      if (performance.now() > deadline)
        throw new Error(failureText(what, timeoutMs, emulator.lines(), child.exitCode));
      await Bun.sleep(POLL_MS);
    }
  };

  return {
    screen: () => emulator.lines(),
    history: () => emulator.history(),
    raw: () => raw,
    cellStyle: (line, column) => emulator.cellStyle(line, column),
    alternateScreen: () => emulator.alternate,
    cursorHidden: () => raw.lastIndexOf("\x1b[?25l") > raw.lastIndexOf("\x1b[?25h"),
    waitFor: (wanted, timeoutMs = DEFAULT_TIMEOUT_MS) =>
      until(describeWanted(wanted), timeoutMs, () => isSeen(wanted, emulator.lines())),
    waitForQuiet: (quietMs, timeoutMs = DEFAULT_TIMEOUT_MS) =>
      until(`${quietMs} ms of quiet`, timeoutMs, () => performance.now() - lastOutput >= quietMs),
    waitForRawMode: (timeoutMs = DEFAULT_TIMEOUT_MS) =>
      until("raw mode", timeoutMs, () => (terminal.localFlags & ICANON) === 0),
    isCooked: () => (terminal.localFlags & (ICANON | ECHO)) === (ICANON | ECHO),
    write: (keys) => void terminal.write(keys),
    resize(newCols, newRows) {
      emulator.resize(newCols, newRows);
      terminal.resize(newCols, newRows);
    },
    kill: (signal) => child.kill(signal),
    exitCode: child.exited.then(async (code) => {
      // A grandchild may keep the terminal open for ever; what the program wrote is here long before.
      await Promise.race([ended.promise, Bun.sleep(500)]);
      await shown;
      return code;
    }),
    async close() {
      child.kill("SIGKILL");
      await child.exited;
      terminal.close();
    },
  };
}

function isSeen(wanted: Wanted, screen: string[]): boolean {
  if (typeof wanted === "function") return wanted(screen);
  if (typeof wanted === "string") return screen.join("\n").includes(wanted);
  return screen.some((line) => line.search(wanted) >= 0);
}

function describeWanted(wanted: Wanted): string {
  return typeof wanted === "string" ? JSON.stringify(wanted) : String(wanted);
}

function failureText(what: string, timeoutMs: number, screen: string[], exitCode: number | null): string {
  const state = exitCode === null ? "still running" : `ended with ${exitCode}`;
  const shown = screen.map((line) => `│${line}`).join("\n");
  return `no sign of ${what} in ${timeoutMs} ms; the program is ${state}; the screen:\n${shown}`;
}
