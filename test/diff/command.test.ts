import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CliOptions, DDBR, runDdbr } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { createTable, type Item, type TestTable } from "../helpers/table.ts";

let folder: string;
let primary: TestTable;
let replica: TestTable;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
});
afterEach(() => Promise.all([primary.drop(), replica.drop()]));

const record = (id: string, attributes: Item = {}): Item => ({ id: { S: id }, ...attributes });

/** One record of each kind, and one that is equal. */
async function drift(): Promise<void> {
  await primary.load([
    record("same"),
    record("gone", { a: { S: "1" } }),
    record("changed", { a: { N: "1" }, b: { S: "b" } }),
  ]);
  await replica.load([
    record("same"),
    record("changed", { a: { N: "2" }, c: { S: "c" } }),
    record("surplus"),
  ]);
}

/** Runs it on the two tables, with as little waiting as is possible between tables at rest. */
const diff = (options: string[], cli: CliOptions = {}) =>
  runDdbr(["diff-tables", primary.location, replica.location, "--settle", "0", ...options], cli);

const path = (name: string) => join(folder, `${crypto.randomUUID()}-${name}`);
const lines = (text: string) => text.split("\n").filter(Boolean);
const ndjson = (file: string) => lines(readFileSync(file, "utf8")).map((line) => JSON.parse(line));
const ids = async (table: TestTable) => (await table.items()).map(({ id }) => id!.S!).sort();

describe("plain lines", () => {
  test("one per discrepancy, behind time, level, command and job, as log filters know them", async () => {
    await drift();
    const { code, stdout, stderr } = await diff([]);
    expect(code).toBe(1);
    expect(stderr).toBe("");
    for (const line of lines(stdout)) {
      expect(line).toMatch(
        /^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] \[info\] \[diff-tables\] \[[0-9a-f]{8}\] \[[a-z]+\] /,
      );
    }
    expect(stdout).toContain('[missing] {"id":"gone"}\n');
    expect(stdout).toContain('[different] {"id":"changed"}\n');
    expect(stdout).toContain('[extraneous] {"id":"surplus"}\n');
    expect(stdout).toContain("[discrepancies] 3\n");
    expect(stdout).toMatch(/\[estimate\] \d+ read units on the primary, \d+ on the replica/);
  });

  test("equal tables: no discrepancies, exit 0", async () => {
    await primary.load([record("a"), record("b")]);
    await replica.load([record("b"), record("a")]);
    const { code, stdout } = await diff([]);
    expect(code).toBe(0);
    expect(stdout).toContain("[discrepancies] 0\n");
    expect(stdout).toContain("the replica equals the primary");
  });

  test("--quiet: discrepancies and the summary, nothing else", async () => {
    await drift();
    const { stdout } = await diff(["--quiet"]);
    const kinds = lines(stdout).map(
      (line) => /\] \[([a-z]+)\] /.exec(line.replace(/^(\[[^\]]*\] ){3}/, ""))?.[1],
    );
    expect(new Set(kinds)).toEqual(
      new Set(["missing", "different", "extraneous", "discrepancies", "summary"]),
    );
  });

  test("escape sequences and control characters in keys are shown escaped", async () => {
    await primary.load([record("\u001b[31mred\u0007\u009b2J\u202e\n")]);
    const { stdout } = await diff(["--quiet"]);
    expect(stdout).toContain('{"id":"\\u001b[31mred\\u0007\\u009b2J\\u202e\\n"}');
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe("--json", () => {
  test("one event a line, and nothing else on stdout", async () => {
    await drift();
    const { code, stdout } = await diff(["--json"]);
    expect(code).toBe(1);
    const events = lines(stdout).map((line) => JSON.parse(line));
    expect(
      events.every(({ event, time }) => typeof event === "string" && !Number.isNaN(Date.parse(time))),
    ).toBe(true);
    expect(events[0]).toMatchObject({
      event: "started",
      mode: "check",
      primary: { name: primary.location, items: 3 },
    });
    const changed = events.find(({ event, key }) => event === "discrepancy" && key.id.S === "changed");
    expect(changed).toMatchObject({
      kind: "different",
      attributes: {
        a: { primary: { N: "1" }, replica: { N: "2" } },
        b: { primary: { S: "b" } },
        c: { replica: { S: "c" } },
      },
    });
    expect(events.at(-1)).toMatchObject({
      event: "finished",
      outcome: "discrepancies",
      totals: { discrepancies: { missing: 1, different: 1, extraneous: 1 } },
    });
  });
});

describe("--repair", () => {
  test("puts, deletes, verifies, and writes down what it replaced", async () => {
    await drift();
    const undo = path("undo.ndjson");
    const { code, stdout } = await diff(["--repair", "--undo-file", undo]);
    expect(code).toBe(0);
    expect(stdout).toContain('[repaired] {"id":"gone"}\n');
    expect(stdout).toContain("all repaired and verified: 2 put, 1 deleted");
    expect(await ids(replica)).toEqual(["changed", "gone", "same"]);
    expect(statSync(undo).mode & 0o777).toBe(0o600);
    const kept = Object.fromEntries(ndjson(undo).map((entry) => [entry.key.id.S, entry]));
    expect(kept.gone).toMatchObject({ before: null, after: { id: { S: "gone" }, a: { S: "1" } } });
    expect(kept.changed).toMatchObject({
      before: { a: { N: "2" }, c: { S: "c" } },
      after: { a: { N: "1" }, b: { S: "b" } },
    });
    expect(kept.surplus).toMatchObject({
      before: { id: { S: "surplus" } },
      after: null,
      table: replica.location,
    });
  });

  test("--dry-run writes nothing and says what it would", async () => {
    await drift();
    const before = await replica.items();
    const undo = path("undo.ndjson");
    const { code, stdout } = await diff(["--repair", "--dry-run", "--undo-file", undo]);
    expect(code).toBe(1);
    expect(stdout).toContain("would put 2 and delete 1");
    expect(await replica.items()).toEqual(before);
    expect(existsSync(undo)).toBe(false);
  });

  test("a record that exists keeps its own ignored attributes", async () => {
    await primary.load([
      record("a", { v: { N: "1" }, seen: { S: "primary" } }),
      record("b", { seen: { S: "primary" } }),
    ]);
    await replica.load([
      record("a", { v: { N: "0" }, seen: { S: "replica" }, "aws:rep:deleting": { BOOL: false } }),
    ]);
    expect((await diff(["--repair", "--ignore", "seen"])).code).toBe(0);
    const items = Object.fromEntries((await replica.items()).map((item) => [item.id!.S!, item]));
    expect(items.a).toEqual(
      record("a", { v: { N: "1" }, seen: { S: "replica" }, "aws:rep:deleting": { BOOL: false } }),
    );
    expect(items.b).toEqual(record("b", { seen: { S: "primary" } }));
  });
});

describe("--backfill", () => {
  const many = Array.from({ length: 300 }, (_, at) => record(`r-${at}`, { n: { N: String(at) } }));

  test("writes every item, with and without --repair, and names each", async () => {
    await primary.load(many);
    const { code, stdout } = await diff(["--backfill"]);
    expect(code).toBe(0);
    expect((await replica.items()).length).toBe(300);
    expect(lines(stdout).filter((line) => line.includes("[backfill] ")).length).toBe(300);
    expect(stdout).toContain('[backfill] {"id":"r-7"}\n');
    expect((await diff(["--backfill", "--repair", "--segments", "3", "--segment", "1"])).code).toBe(0);
    expect((await diff([])).code).toBe(0);
  });

  test("--dry-run counts and writes nothing", async () => {
    await primary.load(many);
    const { code, stdout } = await diff(["--backfill", "--dry-run"]);
    expect(code).toBe(0);
    expect(stdout).toContain("300 items would be written");
    expect(await replica.items()).toEqual([]);
  });
});

describe("options", () => {
  test("--report keeps every discrepancy with both sides' values", async () => {
    await drift();
    const report = path("report.ndjson");
    await diff(["--report", report]);
    const rows = Object.fromEntries(ndjson(report).map((row) => [row.key.id.S, row]));
    expect(rows).toEqual({
      gone: { kind: "missing", key: { id: { S: "gone" } }, attributes: { a: { primary: { S: "1" } } } },
      surplus: { kind: "extraneous", key: { id: { S: "surplus" } }, attributes: {} },
      changed: {
        kind: "different",
        key: { id: { S: "changed" } },
        attributes: {
          a: { primary: { N: "1" }, replica: { N: "2" } },
          b: { primary: { S: "b" } },
          c: { replica: { S: "c" } },
        },
      },
    });
  });

  test("--ignore passes over an attribute, --global-table-attributes over none", async () => {
    await primary.load([record("a", { x: { S: "1" }, y: { S: "1" } })]);
    await replica.load([
      record("a", { x: { S: "2" }, y: { S: "2" }, "aws:rep:updateregion": { S: "eu-west-1" } }),
    ]);
    expect((await diff(["--ignore", "x"])).code).toBe(1);
    expect((await diff(["--ignore", "x", "--ignore", "y"])).code).toBe(0);
    expect((await diff(["--ignore", "x", "--ignore", "y", "--global-table-attributes"])).code).toBe(1);
  });

  test("--sample does a share of the segments", async () => {
    const { stdout } = await diff(["--json", "--segments", "40", "--sample", "0.25"]);
    const started = JSON.parse(lines(stdout)[0]!);
    expect(started.chosen.length).toBe(10);
    expect(new Set(started.chosen).size).toBe(10);
    expect(Math.max(...started.chosen)).toBeLessThan(40);
  });

  test("--sample splits the table finely enough for its share, and the summary says it was a part", async () => {
    const { stdout } = await diff(["--sample", "0.05"]);
    expect(stdout).toContain("[start] 10 of 200 segments");
    expect(stdout).toContain("[summary] 10 of 200 segments compared: the rest was not looked at");
    expect(stdout).not.toContain("equals the primary");
  });

  test("--max-rcu holds, on each side", async () => {
    const items = Array.from({ length: 400 }, (_, at) =>
      record(`r-${at}`, { text: { S: "x".repeat(4000) } }),
    );
    await primary.load(items);
    await replica.load(items);
    const { stdout, ms } = await diff(["--json", "--max-rcu", "100"], { timeoutMs: 60_000 });
    const { totals } = JSON.parse(lines(stdout).at(-1)!);
    const seconds = ms / 1000;
    expect(totals.primary.readUnits).toBeGreaterThan(190);
    // What was asked for in the last second is paid for only afterwards.
    expect(totals.primary.readUnits / 100 - 1.2).toBeLessThan(seconds);
    expect(seconds).toBeGreaterThan(0.9);
  });

  test("--consistent costs twice as much", async () => {
    const items = Array.from({ length: 200 }, (_, at) =>
      record(`r-${at}`, { text: { S: "x".repeat(3000) } }),
    );
    await primary.load(items);
    await replica.load(items);
    const units = async (options: string[]) => {
      const { stdout } = await diff(["--json", "--segments", "1", ...options]);
      return JSON.parse(lines(stdout).at(-1)!).totals.primary.readUnits as number;
    };
    const [cheap, dear] = [await units([]), await units(["--consistent"])];
    expect(dear / cheap).toBeCloseTo(2, 1);
  });
});

describe("ends that are not as wished", () => {
  let proxy: FaultProxy | undefined;
  afterEach(async () => {
    await proxy?.stop();
    proxy = undefined;
  });

  test("a throttle that never ends: exit 2, one clear reason, the keys not done in the report", async () => {
    await drift();
    proxy = await startFaultProxy({ target: dynamoDbEndpoint() });
    proxy.setRules([{ fault: { kind: "throttle" }, operations: ["PutItem", "DeleteItem"], always: true }]);
    const report = path("report.ndjson");
    const words = [
      "diff-tables",
      primary.location,
      `${proxy.url}/${replica.name}`,
      "--repair",
      "--settle",
      "0",
    ];
    const { code, stdout } = await runDdbr([...words, "--patience", "1", "--report", report]);
    expect(code).toBe(2);
    expect(stdout).toContain("[summary] failed: ");
    expect(stdout).toContain("throttled");
    const undone = ndjson(report).filter(({ kind }) => kind === "undone");
    const keys = undone.flatMap(({ key }) => (key ? [key.id.S] : []));
    expect(keys.sort()).toEqual(["changed", "gone", "surplus"]);
    expect(undone.at(-1).reason).toContain("throttled");
  });

  test("reading is refused in the middle: exit 2, and the segments not done are named", async () => {
    await drift();
    proxy = await startFaultProxy({ target: dynamoDbEndpoint() });
    proxy.setRules([{ fault: { kind: "access-denied" }, operations: ["Scan"], always: true }]);
    const { code, stdout } = await runDdbr([
      "diff-tables",
      `${proxy.url}/${primary.name}`,
      replica.location,
      "--plain",
    ]);
    expect(code).toBe(2);
    expect(stdout).toContain("not allowed to Scan");
    expect(stdout).toContain("[error] [diff-tables]");
    expect(stdout).toContain("[undone] segment 0 ");
  });

  test("Ctrl-C: exit 130, a summary of what was and was not done", async () => {
    await primary.load(Array.from({ length: 2000 }, (_, at) => record(`r-${at}`)));
    const scanning = Promise.withResolvers<void>();
    proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      rules: [{ fault: { kind: "delay", ms: 3000 }, operations: ["Scan"], always: true }],
      onRequest: (operation) => operation === "Scan" && scanning.resolve(),
    });
    const report = path("report.ndjson");
    const child = Bun.spawn(
      [DDBR, "diff-tables", `${proxy.url}/${primary.name}`, replica.location, "--plain", "--report", report],
      {
        stdout: "pipe",
        stderr: "pipe",
        stdin: "ignore",
      },
    );
    await scanning.promise;
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
    const stdout = await child.stdout.text();
    expect(stdout).toContain("[summary] stopped: ");
    expect(stdout).toContain("[summary] 0 of 8 segments done");
    expect(ndjson(report)).toEqual([
      { kind: "undone", reason: "stopped: 0 of 8 segments done, 0 records left unconfirmed" },
    ]);
    expect(await child.stderr.text()).toBe("");
  });
});
