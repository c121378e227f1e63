import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DDBR, runDdbr } from "../helpers/cli.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { startTerminal, type TerminalSession } from "../helpers/pty.ts";

const MINUTE = 60_000;
const VERSIONS = 90;
const CTRL_C = "\x03";

/** What the program takes for the temporary folder: whatever it leaves there shows. */
let temporary: string;
let env: Record<string, string | undefined>;
let session: TerminalSession | undefined;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "ddbr-test-"));
  env = { TMPDIR: temporary, LANG: "C.UTF-8", LC_ALL: undefined, NO_COLOR: undefined };
});
afterEach(async () => {
  await session?.close();
  session = undefined;
  rmSync(temporary, { recursive: true });
});

async function open(): Promise<TerminalSession> {
  session = startTerminal([DDBR, "demo", "history"], { cols: 80, rows: 24, env });
  await session.waitFor("1 of 90 versions", 30_000);
  await session.waitForRawMode();
  return session;
}

const left = () => readdirSync(temporary);

test(
  "--json and --plain tell every version of the order, and leave nothing behind",
  async () => {
    const [json, plain] = await Promise.all(
      ["--json", "--plain"].map((mode) => runDdbr(["demo", "history", mode], { env, timeoutMs: MINUTE })),
    );
    expect([json!.code, json!.stderr, plain!.code, plain!.stderr]).toEqual([0, "", 0, ""]);
    const versions = json!.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(versions).toHaveLength(VERSIONS);
    const times = versions.map(({ eventTime }) => Date.parse(eventTime));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    const seconds = new Set(times.map((time) => Math.floor(time / 1000)));
    expect(seconds.size).toBeLessThan(VERSIONS);
    const changes = new Set(versions.map(({ change }) => change));
    expect([...changes].sort()).toEqual(["changed", "created", "deleted", "restored", "unchanged"]);
    expect(versions.at(-1).change).toBe("created");
    expect(plain!.stdout.match(/^Modified: /gm)).toHaveLength(VERSIONS);
    expect(left()).toEqual([]);
  },
  MINUTE,
);

test(
  "a reader that has seen enough ends it quietly",
  async () => {
    const child = Bun.spawn(["sh", "-c", `"$@" | head -n 1`, "sh", DDBR, "demo", "history", "--json"], {
      env: programEnvironment(env),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    await child.exited;
    expect(JSON.parse(stdout).event).toBe("version");
    expect(stderr).toBe("");
    expect(left()).toEqual([]);
  },
  MINUTE,
);

test(
  "on a terminal the order can be browsed, and a version of it restored",
  async () => {
    const terminal = await open();
    // The newest version is what the table has.
    terminal.write("\x1b[Z");
    await terminal.waitFor("no difference");
    terminal.write("jj");
    await terminal.waitFor(/^ ~ |│ ~ /);
    terminal.write("r");
    await terminal.waitFor("is put back; what it has now is replaced");
    terminal.write("y");
    await terminal.waitFor(/ as read again\.$/);
    terminal.write("x");
    await terminal.waitFor("no difference");
    terminal.write("?");
    await terminal.waitFor("All times are UTC");
    expect(terminal.screen().every((line) => line.length <= 80)).toBe(true);
    terminal.write("x");
    await terminal.waitFor("q quit");
    terminal.write("q");
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.history().join("\n")).toContain("is restored: ");
    expect(left()).toEqual([]);
  },
  MINUTE,
);

test.each([
  ["Ctrl-C", () => session!.write(CTRL_C)],
  ["SIGTERM", () => session!.kill("SIGTERM")],
  ["SIGHUP", () => session!.kill("SIGHUP")],
])(
  "%s at the browser: the terminal as it was, and nothing is left behind",
  async (_, stop) => {
    const terminal = await open();
    expect(left()).toHaveLength(1);
    stop();
    expect([0, 130]).toContain(await terminal.exitCode);
    expect(terminal.alternateScreen()).toBe(false);
    expect(terminal.isCooked()).toBe(true);
    expect(terminal.history().filter((line) => line !== "")).toEqual([]);
    expect(left()).toEqual([]);
  },
  MINUTE,
);

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s while it is made ready: exit 130, and nothing is left behind",
  async (signal) => {
    const outcome = { code: 0, stderr: "" };
    // One that has ended before it was stopped says nothing.
    while (outcome.code === 0) {
      const child = Bun.spawn([DDBR, "demo", "history", "--plain"], {
        env: programEnvironment(env),
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      while (left().length === 0 && child.exitCode === null) await Bun.sleep(1);
      child.kill(signal);
      [outcome.stderr, outcome.code] = await Promise.all([child.stderr.text(), child.exited]);
      expect(left()).toEqual([]);
    }
    expect(outcome).toEqual({ code: 130, stderr: "ddbr: stopped\n" });
  },
  MINUTE,
);
