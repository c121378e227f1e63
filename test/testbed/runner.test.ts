import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Reaper, startReaper } from "../../scripts/testbed/reaper.ts";
import { runTests } from "../../scripts/testbed/run-tests.ts";
import { formatCounts, readCounts } from "../../scripts/testbed/runner-counts.ts";
import { testEnvironment } from "../../scripts/testbed/test-environment.ts";
import { programEnvironment } from "../helpers/program-environment.ts";

describe("the runner's closing counts", () => {
  const closing =
    " 3 pass\n 1 skip\n 1 todo\n 2 filtered out\n 1 fail\n 9 expect() calls\nRan 6 tests across 2 files. [1.00s]\n";

  test("are read from the end only", () => {
    expect(readCounts(`a.test.ts:\n 99 pass\n 0 fail\n\n${closing}`)).toEqual({
      passed: 3,
      failed: 1,
      skipped: 2,
    });
  });

  test("are missing when anything else comes last, or nothing", () => {
    expect(readCounts(`${closing}more\n`)).toBeUndefined();
    expect(readCounts("a.test.ts:\n")).toBeUndefined();
    expect(readCounts("")).toBeUndefined();
  });

  test("are printed in one form", () => {
    expect(formatCounts({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
    expect(formatCounts({ passed: 3, failed: 1, skipped: 2 })).toBe("3 passed, 1 failed, 2 skipped");
  });
});

describe("a run of tests", () => {
  let reaper: Reaper;
  let root: string;

  beforeAll(() => {
    reaper = startReaper();
    root = mkdtempSync(join(tmpdir(), "ddbr-runner-"));
    reaper.remove(root);
  });
  afterAll(() => reaper.reap());

  const runWith = async (files: Record<string, string>, args: string[] = [], ignore?: string) => {
    const directory = mkdtempSync(join(root, "run-"));
    for (const [name, text] of Object.entries(files)) await Bun.write(join(directory, name), text);
    return runTests({
      args,
      ...(ignore === undefined ? {} : { ignore: [ignore] }),
      filesAtOnce: 2,
      env: { PATH: process.env.PATH ?? "" },
      reaper,
      root: directory,
      output: () => {},
    });
  };
  const GOOD = 'import { test } from "bun:test"; test("good", () => {});';

  test("passes when every file's tests do", async () => {
    const run = await runWith({ "a.test.ts": GOOD, "sub/b.test.ts": GOOD });
    expect(run).toEqual({ counts: { passed: 2, failed: 0, skipped: 0 }, problems: [] });
  });

  test("does not pass with an empty file, though the runner is content", async () => {
    const run = await runWith({ "a.test.ts": GOOD, "empty.test.ts": "" });
    expect(run.problems).toEqual(["no test ran in empty.test.ts"]);
  });

  test("does not pass when a test ends the process with 0", async () => {
    const exits = 'import { test } from "bun:test"; test("x", () => process.exit(0));';
    const run = await runWith({ "a.test.ts": exits, "b.test.ts": GOOD });
    expect(run.counts).toMatchObject({ passed: 1, failed: 1 });
    expect(run.problems).toContain("bun test ended with 1");
  });

  test("does not pass with a failing test, nor when nothing ran", async () => {
    const fails = 'import { test } from "bun:test"; test("x", () => { throw new Error("x"); });';
    expect((await runWith({ "a.test.ts": fails })).problems).toEqual(["bun test ended with 1"]);
    expect((await runWith({ "a.test.ts": "" })).problems).toContain("no test ran");
  });

  test("looks only at the files asked for", async () => {
    const run = await runWith({ "a.test.ts": GOOD, "empty.test.ts": "" }, ["a.test"]);
    expect(run.problems).toEqual([]);
  });

  test("leaves another command's files to it", async () => {
    const files = { "test/a.test.ts": GOOD, "test-aws/b.test.ts": GOOD, "test-aws/empty.test.ts": "" };
    const run = await runWith(files, [], "test-aws/**");
    expect(run).toEqual({ counts: { passed: 1, failed: 0, skipped: 0 }, problems: [] });
    expect((await runWith(files, ["b.test"], "test-aws/**")).counts).toBeUndefined();
  });
});

test("tests see no account, no CI mark, and the servers", () => {
  const servers = {
    DDBR_TEST_DYNAMODB: "http://127.0.0.1:1",
    DDBR_TEST_S3: "http://127.0.0.1:2",
    DDBR_TEST_S3_ACCESS_KEY: "a",
    DDBR_TEST_S3_SECRET_KEY: "s",
  };
  const callers = {
    HOME: "/home/me",
    CI: "",
    CONTINUOUS_INTEGRATION: "1",
    AWS_PROFILE: "production",
    AWS_REGION: "eu-west-1",
    AWS_BATCH_JOB_ARRAY_INDEX: "1",
    JOB_COMPLETION_INDEX: "1",
  };
  const env = testEnvironment(servers, callers);
  expect(env).toMatchObject({
    ...servers,
    HOME: "/home/me",
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
  });
  const { HOME, AWS_REGION, ...hidden } = callers;
  for (const name of Object.keys(hidden)) expect(Object.keys(env)).not.toContain(name);
});

test("servers end and their directories go when the test command is killed outright", async () => {
  const script = `
    import { startReaper } from ${JSON.stringify(join(import.meta.dir, "../../scripts/testbed/reaper.ts"))};
    import { mkdtempSync } from "node:fs";
    const reaper = startReaper();
    const server = Bun.spawn(["sleep", "600"], { stdin: "ignore", stdout: "ignore", stderr: "ignore", detached: true });
    reaper.kill(server);
    const directory = mkdtempSync(${JSON.stringify(join(tmpdir(), "ddbr reaper "))});
    reaper.remove(directory);
    console.log(JSON.stringify({ pid: server.pid, directory }));
    await Bun.sleep(600_000);
  `;
  const command = Bun.spawn([process.execPath, "-e", script], { env: programEnvironment(), stdout: "pipe" });
  const reader = command.stdout.getReader();
  const { pid, directory } = JSON.parse(new TextDecoder().decode((await reader.read()).value));
  expect(existsSync(directory)).toBe(true);
  expect(isRunning(pid)).toBe(true);
  command.kill("SIGKILL");
  const deadline = Date.now() + 5000;
  while ((isRunning(pid) || existsSync(directory)) && Date.now() < deadline) await Bun.sleep(20);
  expect(isRunning(pid)).toBe(false);
  expect(existsSync(directory)).toBe(false);
});

/** An orphan nobody waits for stays in the process list as a zombie. */
function isRunning(pid: number): boolean {
  const { stdout } = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)]);
  return /^[^Z\s]/.test(stdout.toString().trim());
}
