import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { DDBR, runDdbr } from "../helpers/cli.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { startTerminal, type TerminalSession } from "../helpers/pty.ts";

const MINUTE = 60_000;
const CTRL_C = "\x03";

let home: string;
/** What the program takes for the temporary folder: whatever it leaves there shows. */
let temporary: string;
let env: Record<string, string>;
let session: TerminalSession | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ddbr-test-"));
  temporary = join(home, "tmp");
  mkdirSync(temporary);
  env = { TMPDIR: temporary };
});

afterEach(async () => {
  await session?.close();
  session = undefined;
  rmSync(home, { recursive: true });
});

const linesOf = (path: string) =>
  gunzipSync(readFileSync(path))
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { customer: { S: string }; placedAt: { N: string } });

const keys = (items: ReturnType<typeof linesOf>) =>
  items.map(({ customer, placedAt }) => `${customer.S} ${placedAt.N}`).sort();

test(
  "--plain runs to the end, each step well, and leaves nothing behind",
  async () => {
    const { code, stdout, stderr } = await runDdbr(["demo", "backup", "--plain"], { env, timeoutMs: MINUTE });
    expect(code).toBe(0);
    const commands = [...stdout.matchAll(/\[(?:info|warn|error)\] \[([\w-]+)\]/g)].map(
      ([, command]) => command,
    );
    expect(commands.filter((command, at) => command !== commands[at - 1])).toEqual([
      "incremental-backfill",
      "incremental-diff",
      "incremental-snapshot",
      "incremental-diff",
      "backup-table",
      "incremental-diff",
    ]);
    expect(stdout).toContain("76 discrepancies (24 missing, 40 different, 12 extraneous)\n");
    expect(stdout).toContain("all repaired and verified: 64 put, 12 deleted");
    expect(stdout.match(/no discrepancies: the backup equals the table/g)?.length).toBe(2);
    expect(stdout).not.toMatch(/\[(warn|error)\]/);
    expect(stderr).toContain("24 orders were added, 40 changed, 12 deleted");
    expect(readdirSync(temporary)).toEqual([]);
  },
  2 * MINUTE,
);

test(
  "--into keeps what was written: the folder, both snapshots, the dump; --json tells of it",
  async () => {
    const into = join(home, "kept");
    const run = await runDdbr(["demo", "backup", "--json", "--into", into], { env, timeoutMs: MINUTE });
    expect(run.code).toBe(0);
    const events = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const ends = events.filter(({ event }) => event === "finished").map(({ outcome }) => outcome);
    expect(ends).toEqual([
      ...["complete", "discrepancies", "clean", "complete", "complete", "clean", "complete", "clean"],
    ]);
    expect(run.stderr).toContain(`what was written is in ${into}`);

    const names = readdirSync(join(into, "incremental", "orders")).filter((name) => name !== ".ddbr");
    expect(names.every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
    const now = linesOf(join(into, "snapshots", "orders.gz"));
    const before = linesOf(join(into, "snapshots", "orders-before.gz"));
    expect([names.length, now.length, before.length]).toEqual([6012, 6012, 6000]);
    const dumped = readdirSync(join(into, "dumps", "demo")).filter((name) => /^\d+$/.test(name));
    const dump = dumped.flatMap((name) => linesOf(join(into, "dumps", "demo", name)));
    expect(keys(dump)).toEqual(keys(now));
    const old = new Set(keys(before));
    expect(keys(now).filter((key) => !old.has(key)).length).toBe(24);
    expect(readdirSync(temporary)).toEqual([]);

    const again = await runDdbr(["demo", "backup", "--plain", "--into", into], { env });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain(
      `${into}: is there already - name a directory that is not there yet, in one that is`,
    );
    expect(again.stderr.trimEnd()).not.toContain("\n");
    const kept = readdirSync(join(into, "snapshots")).filter((name) => name !== ".ddbr");
    expect(kept.sort()).toEqual([
      ...["orders-before.gz", "orders-before.gz.manifest.json", "orders.gz", "orders.gz.manifest.json"],
    ]);
  },
  2 * MINUTE,
);

test("--into below a directory that is not there is one clear line", async () => {
  const { code, stderr } = await runDdbr(["demo", "backup", "--into", join(home, "no", "where")], { env });
  expect(code).toBe(2);
  expect(stderr.trimEnd()).not.toContain("\n");
  expect(stderr).toContain(join(home, "no", "where"));
});

/** Runs it off a terminal, and stops it as soon as it has said something. */
async function stopAt(said: string, signal: NodeJS.Signals) {
  const child = Bun.spawn([DDBR, "demo", "backup", "--plain"], {
    env: programEnvironment(env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const stdout = child.stdout.text();
  const decoder = new TextDecoder();
  let stderr = "";
  let stopped = false;
  for await (const chunk of child.stderr) {
    stderr += decoder.decode(chunk, { stream: true });
    if (stopped || !stderr.includes(said)) continue;
    stopped = true;
    child.kill(signal);
  }
  return { code: await child.exited, stdout: await stdout, stderr };
}

for (const [said, signal] of [
  ["filling a table", "SIGINT"],
  ["backing the table up", "SIGINT"],
  ["backing the table up", "SIGTERM"],
  ["then a morning passes", "SIGINT"],
  ["dumping the table", "SIGINT"],
] as const) {
  test(
    `${signal} at "${said}": exit 130, and nothing is left behind`,
    async () => {
      const { code, stdout, stderr } = await stopAt(said, signal);
      expect(code).toBe(130);
      expect(stdout + stderr).not.toMatch(/\n\s+at |unexpected failure/);
      expect(readdirSync(temporary)).toEqual([]);
    },
    MINUTE,
  );
}

test(
  "Ctrl-C at a dashboard: exit 130, the terminal as it was, and nothing is left behind",
  async () => {
    session = startTerminal([DDBR, "demo", "backup"], { cols: 80, rows: 24, env });
    await session.waitFor("incremental-backfill", 30_000);
    await session.waitForRawMode();
    session.write(CTRL_C);
    expect(await session.exitCode).toBe(130);
    expect(session.alternateScreen()).toBe(false);
    expect(session.isCooked()).toBe(true);
    expect(readdirSync(temporary)).toEqual([]);
  },
  MINUTE,
);
