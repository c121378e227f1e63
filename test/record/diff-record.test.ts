import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DDBR } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { createTable, type Item, type TestTable } from "../helpers/table.ts";
import { UNSAFE } from "../item/unsafe-text.ts";
import { eventsOf, keyText, linesOf, onTables, record } from "./record-runs.ts";

let primary: TestTable;
let replica: TestTable;
let proxy: FaultProxy | undefined;

beforeEach(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
});
afterEach(async () => {
  await proxy?.stop();
  proxy = undefined;
  await Promise.all([primary.drop(), replica.drop()]);
});

const diff = (...args: string[]) => onTables("diff-record", primary, replica, args);
const EVERYTHING: Item = {
  s: { S: "text" },
  empty: { S: "" },
  n: { N: "12345678901234567890123456789012345678" },
  b: { B: Uint8Array.of(0, 1, 255) },
  yes: { BOOL: true },
  nothing: { NULL: true },
  ss: { SS: ["a", "b"] },
  ns: { NS: ["1", "2.5"] },
  bs: { BS: [Uint8Array.of(1), Uint8Array.of(2)] },
  l: { L: [{ N: "1" }, { M: { deep: { L: [{ S: "x" }] } } }] },
  m: { M: { "a.b": { S: "dotted" }, y: { L: [{ N: "1" }] } } },
};

describe("one record, attribute by attribute", () => {
  test("every type, equal: every attribute once, `equivalent`, exit 0", async () => {
    await Promise.all([primary.put(record("a", EVERYTHING)), replica.put(record("a", EVERYTHING))]);
    const { code, stdout, stderr } = await diff(keyText("a"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = linesOf(stdout);
    expect(lines.slice(0, 3)).toEqual([
      '{"id":"a"}',
      `primary  ${primary.location}`,
      `replica  ${replica.location}`,
    ]);
    expect(lines.slice(3, -1)).toEqual([
      '= id  "a"',
      '= b  B "AAH/"',
      '= bs  BS ["AQ==","Ag=="]',
      '= empty  ""',
      '= l  [1,{"deep":["x"]}]',
      '= m  {"a.b":"dotted","y":[1]}',
      "= n  12345678901234567890123456789012345678",
      "= nothing  null",
      "= ns  NS [1,2.5]",
      '= s  "text"',
      '= ss  SS ["a","b"]',
      "= yes  true",
    ]);
    expect(lines.at(-1)).toBe("equivalent");
  });

  test("every type, different: each place by its path, `different`, exit 1", async () => {
    const other: Item = {
      s: { S: "Text" },
      empty: { NULL: true },
      n: { N: "12345678901234567890123456789012345679" },
      b: { B: Uint8Array.of(0, 1, 254) },
      yes: { BOOL: false },
      ss: { SS: ["a", "c"] },
      ns: { NS: ["1", "2.6"] },
      bs: { BS: [Uint8Array.of(1)] },
      l: { L: [{ S: "1" }, { M: { deep: { L: [{ S: "x" }, { S: "y" }] } } }] },
      m: { M: { "a.b": { S: "Dotted" }, y: { L: [{ N: "2" }] } } },
      more: { L: [] },
    };
    await Promise.all([primary.put(record("a", EVERYTHING)), replica.put(record("a", other))]);
    const { code, stdout } = await diff(keyText("a"));
    expect(code).toBe(1);
    expect(linesOf(stdout).slice(3)).toEqual([
      '= id  "a"',
      '~ b  B "AAH/" → B "AAH+"',
      '~ bs  BS ["AQ==","Ag=="] → BS ["AQ=="]',
      '~ empty  "" → null',
      '~ l[0]  1 → "1"',
      '- l[1].deep[1]  "y"  (only in the replica)',
      '~ m."a.b"  "dotted" → "Dotted"',
      "~ m.y[0]  1 → 2",
      "- more  []  (only in the replica)",
      "~ n  12345678901234567890123456789012345678 → 12345678901234567890123456789012345679",
      "+ nothing  null  (only in the primary)",
      "~ ns  NS [1,2.5] → NS [1,2.6]",
      '~ s  "text" → "Text"',
      '~ ss  SS ["a","b"] → SS ["a","c"]',
      "~ yes  true → false",
      "different",
    ]);
  });

  test("on one side only, and on neither, which is equivalent and is said", async () => {
    await Promise.all([primary.put(record("gone", { a: { S: "1" } })), replica.put(record("surplus"))]);
    const [missing, extraneous, absent] = await Promise.all(
      ["gone", "surplus", "nowhere"].map((id) => diff(keyText(id))),
    );
    expect(linesOf(missing!.stdout).slice(3)).toEqual([
      "the record is only in the primary",
      '+ id  "gone"  (only in the primary)',
      '+ a  "1"  (only in the primary)',
      "different",
    ]);
    expect(linesOf(extraneous!.stdout).slice(3)).toEqual([
      "the record is only in the replica",
      '- id  "surplus"  (only in the replica)',
      "different",
    ]);
    expect(linesOf(absent!.stdout).slice(3)).toEqual([
      "the record is neither in the primary nor in the replica",
      "equivalent",
    ]);
    expect([missing, extraneous, absent].map((run) => run!.code)).toEqual([1, 1, 0]);
  });

  test("--ignore, aws:rep:* and --global-table-attributes", async () => {
    await Promise.all([
      primary.put(record("a", { x: { S: "1" } })),
      replica.put(record("a", { x: { S: "2" }, "aws:rep:updateregion": { S: "eu-west-1" } })),
    ]);
    const codes = await Promise.all(
      [[], ["--ignore", "x"], ["--ignore", "x", "--global-table-attributes"]].map((args) =>
        diff(keyText("a"), ...args),
      ),
    );
    expect(codes.map(({ code }) => code)).toEqual([1, 0, 1]);
    expect(codes[1]!.stdout).not.toContain("x  ");
    expect(codes[2]!.stdout).toContain('- "aws:rep:updateregion"  "eu-west-1"  (only in the replica)');
  });

  test("--json: one object, in wire form, with the places that differ", async () => {
    await Promise.all([
      primary.put(record("a", { m: { M: { y: { L: [{ N: "1" }] } } }, gone: { S: "x" } })),
      replica.put(record("a", { m: { M: { y: { L: [{ N: "2" }] } } } })),
      primary.put(record("b", { n: { N: "1" } })),
    ]);
    const run = await diff(keyText("a"), keyText("b"), keyText("c"), "--json");
    const [a, b, c, ...more] = eventsOf(run);
    expect(more).toEqual([]);
    expect(a).toEqual({
      event: "record",
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      key: { id: { S: "a" } },
      equivalent: false,
      state: "different",
      primary: { id: { S: "a" }, m: { M: { y: { L: [{ N: "1" }] } } }, gone: { S: "x" } },
      replica: { id: { S: "a" }, m: { M: { y: { L: [{ N: "2" }] } } } },
      differences: [
        { path: "gone", primary: { S: "x" } },
        { path: "m.y[0]", primary: { N: "1" }, replica: { N: "2" } },
      ],
    });
    expect(b).toMatchObject({
      state: "missing",
      replica: null,
      differences: [{ path: "n", primary: { N: "1" } }],
    });
    expect(c).toMatchObject({
      state: "absent",
      equivalent: true,
      primary: null,
      replica: null,
      differences: [],
    });
    expect(run.code).toBe(1);
  });
});

describe("odd data", () => {
  test("escape sequences, newlines, right-to-left and half characters reach no terminal as they are", async () => {
    const id = "\u001b[31mred\u0007\u009b2J\u202e\n";
    await primary.put(
      record(id, { "\u001b[2J": { S: "\u001b]0;title\u0007" }, m: { M: { "\u202e": { S: "\r" } } } }),
    );
    await replica.put(record(id, { m: { M: { "\u202e": { S: "\u2028" } } } }));
    for (const args of [[], ["--json"], ["--quiet"]]) {
      const { stdout, code } = await diff(JSON.stringify({ id }), ...args);
      expect(code).toBe(1);
      for (const line of linesOf(stdout)) expect(line).not.toMatch(UNSAFE);
    }
    const refused = await diff(`{"id":"${"\\u001b"}[31m`, "--plain");
    expect(refused.stderr).not.toMatch(/\u001b/);
  });

  test("400 KB, wholly shown off a terminal", async () => {
    const text = "x".repeat(200_000);
    await Promise.all([
      primary.put(
        record("big", { text: { S: `${text}a${text.slice(10)}` }, same: { S: "s".repeat(5_000) } }),
      ),
      replica.put(
        record("big", { text: { S: `${text}b${text.slice(10)}` }, same: { S: "s".repeat(5_000) } }),
      ),
    ]);
    const { stdout } = await diff(keyText("big"));
    const [same, changed] = linesOf(stdout).slice(4);
    expect(changed).toHaveLength('~ text  "" → ""'.length + 2 * (400_000 - 9));
    expect(same!.length).toBeLessThan(200);
  });
});

describe("many records", () => {
  test("a line each in the order given, the counts, and the verdict", async () => {
    await primary.load([record("same"), record("gone"), record("changed", { a: { N: "1" }, b: { L: [] } })]);
    await replica.load([record("same"), record("surplus"), record("changed", { a: { N: "2" } })]);
    const keys = ["same", "gone", "surplus", "changed", "nowhere"].map(keyText);
    const { code, stdout } = await diff(...keys);
    expect(code).toBe(1);
    expect(linesOf(stdout)).toEqual([
      '[equivalent] {"id":"same"}',
      '[missing] {"id":"gone"}',
      '[extraneous] {"id":"surplus"}',
      '[different] {"id":"changed"}  a, b',
      '[absent] {"id":"nowhere"}',
      "5 records: 1 equivalent, 1 absent, 1 different, 1 missing, 1 extraneous",
      "different",
    ]);
    const quiet = await diff(...keys, "--quiet");
    expect(linesOf(quiet.stdout)).toEqual(linesOf(stdout).filter((line) => !/^\[(equ|abs)/.test(line)));
    const equal = await diff(keyText("same"), keyText("nowhere"), keyText("same"));
    expect(equal).toMatchObject({ code: 0 });
    expect(equal.stdout).toEndWith("2 records: 1 equivalent, 1 absent\nequivalent\n");
  });

  test("of a file: human and wire form, a report's lines, blank ones; by a batch of a hundred", async () => {
    const items = Array.from({ length: 250 }, (_, at) => record(`r-${at}`, { n: { N: String(at) } }));
    await primary.load(items);
    await replica.load(items.slice(1));
    proxy = await startFaultProxy({ target: dynamoDbEndpoint() });
    const text = items
      .map(({ id }, at) =>
        at % 3 === 0
          ? JSON.stringify({ kind: "different", key: { id }, attributes: {} })
          : at % 3 === 1
            ? JSON.stringify({ id })
            : `  {"id": "${id!.S}"}\r\n`,
      )
      .join("\n");
    const folder = mkdtempSync(join(tmpdir(), "ddbr-keys-"));
    const file = join(folder, "keys");
    writeFileSync(file, `${text}\n{"kind":"undone","segment":3,"reason":"x"}\n`);
    const location = `${proxy.url}/${primary.name}`;
    const run = await onTables("diff-record", { location }, replica, ["--keys", file]);
    rmSync(folder, { recursive: true });
    expect(linesOf(run.stdout).slice(-2)).toEqual(["250 records: 249 equivalent, 1 missing", "different"]);
    expect(run.stderr).toBe(`ddbr: ${file}: 1 line without a key passed over\n`);
    // Three batches, and the one that differs once more.
    expect(proxy.stats.calls).toMatchObject({ BatchGetItem: 4 });
    expect(proxy.stats.calls.GetItem).toBeUndefined();
  });

  test("of standard input, named or not; a writer that never ends does not keep it", async () => {
    await Promise.all([primary.put(record("a")), replica.put(record("a"))]);
    for (const args of [[], ["--keys", "-"]]) {
      const run = await onTables("diff-record", primary, replica, args, { stdin: `${keyText("a")}\n` });
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(run.stdout).toEndWith("1 record: 1 equivalent\nequivalent\n");
    }
    const none = await onTables("diff-record", primary, replica, ["--keys", "-"], { stdin: "" });
    expect(none).toMatchObject({ code: 0, stdout: "0 records\nequivalent\n" });
    const child = Bun.spawn([DDBR, "diff-record", primary.location, replica.location], {
      env: programEnvironment(),
      stdin: "pipe",
      stderr: "pipe",
    });
    child.stdin.write(`${keyText("a")}\nnonsense\n`);
    await child.stdin.flush();
    expect(await child.exited).toBe(2);
    expect(await child.stderr.text()).toContain("standard input, line 2: is not JSON");
  });

  test("Ctrl-C while keys are awaited, and while they are compared: exit 130", async () => {
    proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      rules: [{ fault: { kind: "delay", ms: 10_000 }, operations: ["BatchGetItem"], always: true }],
    });
    const location = `${proxy.url}/${primary.name}`;
    const run = (args: string[]) =>
      Bun.spawn([DDBR, "diff-record", location, replica.location, ...args], {
        env: programEnvironment(),
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
      });
    const children = [run([]), run([keyText("a")])];
    const { stats } = proxy;
    while ((stats.calls.DescribeTable ?? 0) < 2 || stats.calls.BatchGetItem === undefined)
      await Bun.sleep(10);
    // The first still has to come from its description to its input.
    await Bun.sleep(300);
    for (const child of children) child.kill("SIGINT");
    expect(await Promise.all(children.map(({ exited }) => exited))).toEqual([130, 130]);
    for (const child of children) expect(await child.stderr.text()).toBe("ddbr: stopped\n");
    for (const child of children) expect(await child.stdout.text()).not.toContain("equivalent");
  });
});

describe("beside writers and faults", () => {
  test("a write that falls between the two reads is no difference", async () => {
    const [older, newer] = [record("a", { v: { N: "1" } }), record("a", { v: { N: "2" } })];
    await Promise.all([primary.put(older), replica.put(older)]);
    proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      // The replica is asked when the primary has long answered, and both have changed since.
      async onRequest(operation, _, call) {
        if (operation !== "BatchGetItem" || call !== 1) return;
        await Bun.sleep(300);
        await Promise.all([primary.put(newer), replica.put(newer)]);
      },
    });
    const location = `${proxy.url}/${replica.name}`;
    const run = await onTables("diff-record", primary, { location }, [keyText("a"), "--json"]);
    expect(eventsOf(run)).toMatchObject([{ equivalent: true, primary: newer, replica: newer }]);
    expect(run.code).toBe(0);
  });

  test("a record that changes all the time is told as it was seen last, at its end", async () => {
    let writes = 0;
    proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      async onRequest(operation) {
        if (operation === "BatchGetItem") await replica.put(record("a", { v: { N: String(++writes) } }));
      },
    });
    const location = `${proxy.url}/${replica.name}`;
    const run = await onTables("diff-record", primary, { location }, [keyText("a"), "--json"]);
    expect(run.code).toBe(1);
    expect(eventsOf(run)).toMatchObject([{ state: "extraneous", replica: { v: { N: String(writes) } } }]);
    expect(writes).toBeLessThan(10);
  });

  test("throttles, resets and parts left undone are repeated", async () => {
    const items = Array.from({ length: 150 }, (_, at) => record(`r-${at}`));
    await Promise.all([primary.load(items), replica.load(items)]);
    proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      rules: [
        { fault: { kind: "throttle" }, operations: ["BatchGetItem"], nth: [1, 4] },
        { fault: { kind: "reset-after" }, operations: ["BatchGetItem"], nth: 2 },
        { fault: { kind: "unprocessed", share: 0.6 }, rate: 0.7 },
      ],
    });
    const through = ({ name }: TestTable) => ({ location: `${proxy!.url}/${name}` });
    const keys = items.map(({ id }) => keyText(id!.S!));
    const run = await onTables("diff-record", through(primary), through(replica), [...keys, "-q"]);
    expect(run).toMatchObject({ code: 0, stdout: "150 records: 150 equivalent\nequivalent\n", stderr: "" });
    expect(proxy.stats.faults).toMatchObject({ throttle: 2, "reset-after": 1 });
    expect(proxy.stats.faults.unprocessed).toBeGreaterThan(0);
  });

  test("refused in the middle: what was compared is told, no verdict, one line, exit 2", async () => {
    const items = Array.from({ length: 150 }, (_, at) => record(`r-${at}`));
    await Promise.all([primary.load(items), replica.load(items)]);
    proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      rules: [{ fault: { kind: "access-denied" }, operations: ["BatchGetItem"], nth: 2 }],
    });
    const location = `${proxy.url}/${replica.name}`;
    const keys = items.map(({ id }) => keyText(id!.S!));
    const run = await onTables("diff-record", primary, { location }, [...keys, "-q"]);
    expect(run).toMatchObject({ code: 2, stdout: "100 records: 100 equivalent\n" });
    expect(run.stderr).toMatch(
      /^ddbr: [^\n]*not allowed to BatchGetItem[^\n]*grant dynamodb:BatchGetItem[^\n]*\n$/,
    );
  });
});
