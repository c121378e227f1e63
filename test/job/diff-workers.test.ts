import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DDBR, runDdbr } from "../helpers/cli.ts";
import { driftingOrders } from "../helpers/orders.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { STORE_KINDS, type TestPlace, withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { countedOf } from "../state/counted.ts";
import { runWorkerArray } from "./worker-array.ts";

const MINUTES = 60_000;
const ITEMS = 40_000;
const SEGMENTS = 32;
const tables = driftingOrders(ITEMS, 100);
let primary: TestTable;
let replica: TestTable;
let folder: string;
let undisturbed: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-test-"));
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  await Promise.all([primary.load(tables.primary()), replica.load(tables.replica())]);
  const report = join(folder, "undisturbed.ndjson");
  const { code } = await runDdbr([...pair(), "--report", report], { timeoutMs: MINUTES });
  expect(code).toBe(1);
  undisturbed = linesOf(report);
  expect(undisturbed.length).toBe(tables.drift.length);
}, 5 * MINUTES);

afterAll(async () => {
  await Promise.all([primary.drop(), replica.drop()]);
  rmSync(folder, { recursive: true });
});

function pair(): string[] {
  return ["diff-tables", primary.location, replica.location, "--segments", `${SEGMENTS}`, "--settle", "0.3"];
}

function linesOf(path: string): string[] {
  return readFileSync(path, "utf8").split("\n").filter(Boolean).sort();
}

function worker(state: TestPlace, ...words: string[]): string[] {
  return [...pair(), "--state", state.url, ...state.options(), "--lease", "2", "--checkpoint", "1", ...words];
}

async function collect(state: TestPlace) {
  const report = join(folder, `${crypto.randomUUID()}.ndjson`);
  const words = ["collect", state.url, ...state.options(), "--json", "--report", report];
  const { code, stdout } = await runDdbr(words, { env: state.env });
  const summary = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  return { code, summary, lines: linesOf(report) };
}

const withState = (kind: (typeof STORE_KINDS)[number], body: (state: TestPlace) => Promise<void>) =>
  withPlace(kind, body, { versioned: false });

describe.each(STORE_KINDS)("a comparison shared by workers, its state on %s", (kind) => {
  test(
    "killed at any moment: the same report as of one process, and no segment done twice",
    () =>
      withState(kind, async (state) => {
        const words = worker(state, "--concurrency", "2");
        const array = { words, env: state.env, jobs: 4, kills: 15, killEveryMs: 500, seed: 4711 };
        const { kills, done } = await runWorkerArray(array);
        // The test would say nothing if all had been done before anybody was killed.
        expect(kills).toBeGreaterThan(2);
        expect(new Set(done).size).toBe(done.length);
        const { code, summary, lines } = await collect(state);
        expect(lines).toEqual(undisturbed);
        expect(code).toBe(1);
        expect(summary.totals.segmentsDone).toBe(SEGMENTS);
        const extraneous = tables.drift.filter((one) => one.kind === "extraneous").length;
        const missing = tables.drift.filter((one) => one.kind === "missing").length;
        expect(summary.totals.primary.items).toBe(ITEMS);
        expect(summary.totals.replica.items).toBe(ITEMS - missing + extraneous);
      }),
    5 * MINUTES,
  );
});

describe("a worker", () => {
  test("that is given one segment does that one; collect says which are missing", () =>
    withState("directory", async (state) => {
      const one = await runDdbr(worker(state, "--segment", "7", "--plain"), { env: state.env });
      expect(one.code).toBe(0);
      expect(one.stdout).toContain("this worker has done 1 of 32 segments");
      const { code, summary } = await collect(state);
      expect(code).toBe(2);
      expect(summary.failure).toBe("31 of 32 segments are not done: 0 to 6, 8 to 31");
      // Nothing is done again.
      const again = await runDdbr(worker(state, "--segment", "7", "--plain"), { env: state.env });
      expect(again.stdout).toContain("this worker has done 0 of 32 segments");
    }));

  test("that is stopped saves where it is, and the same command goes on", () =>
    withState("directory", async (state) => {
      const slow = worker(
        state,
        "--concurrency",
        "1",
        "--segments",
        "1",
        "--max-rcu",
        "400",
        "--checkpoint",
        "3600",
      );
      const stopped = await interruptedWorker(slow, state);
      expect(stopped.code).toBe(130);
      const saved = (await countedOf(state, 0))!.record;
      expect(saved.status).toBe("open");
      expect(saved.checkpoint).not.toBeNull();
      const { code } = await runDdbr(worker(state, "--segments", "1"), { env: state.env });
      expect(code).toBe(0);
      const { summary, lines } = await collect(state);
      expect(lines).toEqual(undisturbed);
      expect(summary.totals.primary.items).toBe(ITEMS);
    }));

  test("of other tables or options is refused", () =>
    withState("directory", async (state) => {
      expect((await runDdbr(worker(state, "--segment", "0"), { env: state.env })).code).toBe(0);
      const other = await runDdbr(worker(state, "--ignore", "note"), { env: state.env });
      expect(other.code).toBe(2);
      expect(other.stderr).toContain('ignore is [], here ["note"]');
    }));

  test.each([
    [["--report", "r.ndjson"], "--report contradicts --state"],
    [["--sample", "0.5"], "--sample contradicts --state"],
    [["--repair", "--undo-file", "u.ndjson"], "--undo-file contradicts --state"],
  ])("does not take %p", async (words, message) => {
    const { code, stderr } = await runDdbr([...pair(), "--state", "/nowhere/at/all", ...words]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test("needs --state for --lease", async () => {
    const { code, stderr } = await runDdbr([...pair(), "--lease", "5"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--lease needs --state")]);
  });
});

describe("a folder that holds something else", () => {
  test.each(["manifest.json", "segments/0/00000003.json", "a/b"])("such as %s is left alone", (key) =>
    withState("directory", async (state) => {
      await state.put(key, "{}");
      const { code, stderr } = await runDdbr(worker(state), { env: state.env });
      expect([code, stderr]).toEqual([2, expect.stringContaining(`holds something else already: "${key}"`)]);
      expect(await state.keys()).toEqual([key]);
    }),
  );
});

describe("a state that somebody else has written", () => {
  const job = { format: "ddbr-state", version: 1, segments: 1, identity: {}, settings: {}, run: "r" };
  const collected = (state: TestPlace) => runDdbr(["collect", state.url]);

  test.each(["constructor", "no-such-command"])("of %s is of no command", (command) =>
    withState("directory", async (state) => {
      await state.put("job.json", JSON.stringify({ ...job, command, createdAt: "2026-11-23T00:00:00Z" }));
      const { code, stderr } = await collected(state);
      expect([code, stderr]).toEqual([2, expect.stringContaining("which is not known here")]);
    }),
  );

  test("with a part that is cut off is told of in one line, with its name", () =>
    withState("directory", async (state) => {
      const words = worker(state, "--segments", "1", "--plain");
      expect((await runDdbr(words, { env: state.env, timeoutMs: MINUTES })).code).toBe(0);
      const [part] = await state.keys("parts/0");
      await state.put(part!, (await state.get(part!))!.subarray(0, -5));
      const { code, stdout, stderr } = await collected(state);
      expect(code).toBe(2);
      expect(stdout + stderr).toContain(`${part}: holds a line that tells of nothing`);
    }));
});

test("where no job has begun there is nothing to collect", () =>
  withState("directory", async (state) => {
    const { code, stderr } = await runDdbr(["collect", state.url]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("no job has begun there")]);
  }));

async function interruptedWorker(words: string[], state: TestPlace) {
  const child = Bun.spawn([DDBR, ...words, "--json"], {
    env: programEnvironment(state.env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let heard = "";
  let stopped = false;
  for await (const chunk of child.stdout) {
    heard += Buffer.from(chunk).toString();
    // Somewhere in the middle: progress is told every second. A second signal would end it at once.
    if (stopped || !/"progress".*"items":[1-9]/.test(heard)) continue;
    child.kill("SIGINT");
    stopped = true;
  }
  return { code: await child.exited, heard };
}
