import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DDBR } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from "../helpers/fault-proxy.ts";
import { programEnvironment } from "../helpers/program-environment.ts";
import { recordWrites, writesTo } from "../helpers/stream.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { byId, eventsOf, keyText, linesOf, onTables, record } from "./record-runs.ts";

let primary: TestTable;
let replica: TestTable;
let proxy: FaultProxy | undefined;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ddbr-replicate-"));
  [primary, replica] = await Promise.all([createTable(), createTable()]);
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await proxy?.stop();
  proxy = undefined;
  await Promise.all([primary.drop(), replica.drop()]);
});

const replicate = (...args: string[]) => onTables("replicate-record", primary, replica, args);

/** Runs it with a proxy before the replica. */
async function throughProxy(args: string[], options: Omit<FaultProxyOptions, "target">) {
  proxy = await startFaultProxy({ target: dynamoDbEndpoint(), ...options });
  return onTables("replicate-record", primary, { location: `${proxy.url}/${replica.name}` }, args);
}

/** A record of each kind, and the keys of all. */
async function drift(): Promise<string[]> {
  await primary.load([
    record("same"),
    record("gone", { a: { S: "1" } }),
    record("changed", { a: { N: "1" }, b: { B: Uint8Array.of(1, 2) } }),
  ]);
  await replica.load([
    record("same"),
    record("changed", { a: { N: "2" }, c: { S: "c" } }),
    record("surplus"),
  ]);
  return ["same", "gone", "changed", "surplus", "nowhere"].map(keyText);
}

describe("one record", () => {
  test("different: put as it is in the primary, shown before and after; then there is nothing to write", async () => {
    await drift();
    const { code, stdout, stderr } = await replicate(keyText("changed"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(linesOf(stdout)).toEqual([
      '{"id":"changed"}',
      `primary  ${primary.location}`,
      `replica  ${replica.location}`,
      '= id  "changed"',
      "~ a  2 → 1",
      '+ b  B "AQI="  (added)',
      '- c  "c"  (removed)',
      "put and verified",
    ]);
    expect(byId(await replica.items()).changed).toEqual(byId(await primary.items()).changed!);
    const again = await replicate(keyText("changed"));
    expect(again).toMatchObject({ code: 0 });
    expect(linesOf(again.stdout).slice(3)).toEqual(["equivalent already: nothing to write"]);
  });

  test("missing: put; extraneous: deleted; on neither side: nothing", async () => {
    await drift();
    const [gone, surplus, nowhere] = await Promise.all(
      ["gone", "surplus", "nowhere"].map((id) => replicate(keyText(id))),
    );
    expect(linesOf(gone!.stdout).slice(3)).toEqual([
      '+ id  "gone"  (added)',
      '+ a  "1"  (added)',
      "put and verified",
    ]);
    expect(linesOf(surplus!.stdout).slice(3)).toEqual(['- id  "surplus"  (removed)', "deleted and verified"]);
    expect(linesOf(nowhere!.stdout).slice(3)).toEqual([
      "the record is neither in the primary nor in the replica",
      "nothing to write",
    ]);
    expect([gone, surplus, nowhere].map((run) => run!.code)).toEqual([0, 0, 0]);
    expect(Object.keys(byId(await replica.items()))).toEqual(["changed", "gone", "same"]);
  });

  test("--dry-run: says what would be done and writes nothing; exit 1 where something would be", async () => {
    const keys = await drift();
    const before = byId(await replica.items());
    const undo = join(folder, "undo");
    const run = await replicate(...keys, "--dry-run", "--undo-file", undo);
    expect(linesOf(run.stdout)).toEqual([
      '[equivalent] {"id":"same"}',
      '[would-put] {"id":"gone"}',
      '[would-put] {"id":"changed"}  a, b, c',
      '[would-delete] {"id":"surplus"}',
      '[absent] {"id":"nowhere"}',
      "5 records: 2 would be put, 1 would be deleted, 1 equivalent already, 1 on neither side",
    ]);
    expect(run.code).toBe(1);
    const one = await replicate(keyText("changed"), "--dry-run");
    expect(one.stdout).toEndWith('- c  "c"  (removed)\nwould be put\n');
    expect((await replicate(keyText("same"), "--dry-run")).code).toBe(0);
    expect(byId(await replica.items())).toEqual(before);
    expect(await Bun.file(undo).exists()).toBe(false);
  });

  test("--ignore: what is ignored does not count, and a record that is written keeps its own", async () => {
    await primary.load([record("a", { v: { N: "1" }, x: { S: "p" } }), record("b", { x: { S: "p" } })]);
    await replica.load([record("a", { v: { N: "2" }, x: { S: "r" } }), record("b", { x: { S: "r" } })]);
    const run = await replicate(keyText("a"), keyText("b"), "--ignore", "x", "--json");
    expect(eventsOf(run).map(({ key, action }) => [key.id.S, action])).toEqual([
      ["a", "put"],
      ["b", "none"],
    ]);
    expect(byId(await replica.items())).toEqual({
      a: record("a", { v: { N: "1" }, x: { S: "r" } }),
      b: record("b", { x: { S: "r" } }),
    });
  });
});

describe("many records", () => {
  test("--json: one object for each, before and after; the undo file holds what was replaced", async () => {
    const keys = await drift();
    const undo = join(folder, "undo");
    const run = await replicate(...keys, "--json", "--undo-file", undo);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const events = Object.fromEntries(eventsOf(run).map(({ key, ...event }) => [key.id.S, event]));
    const common = { event: "record", time: expect.any(String), dryRun: false };
    expect(events).toEqual({
      same: { ...common, action: "none" },
      nowhere: { ...common, action: "absent" },
      gone: {
        ...common,
        action: "put",
        before: null,
        after: { id: { S: "gone" }, a: { S: "1" } },
        differences: [
          { path: "a", after: { S: "1" } },
          { path: "id", after: { S: "gone" } },
        ],
      },
      surplus: {
        ...common,
        action: "delete",
        before: { id: { S: "surplus" } },
        after: null,
        differences: [{ path: "id", before: { S: "surplus" } }],
      },
      changed: {
        ...common,
        action: "put",
        before: { id: { S: "changed" }, a: { N: "2" }, c: { S: "c" } },
        after: { id: { S: "changed" }, a: { N: "1" }, b: { B: "AQI=" } },
        differences: [
          { path: "a", before: { N: "2" }, after: { N: "1" } },
          { path: "b", after: { B: "AQI=" } },
          { path: "c", before: { S: "c" } },
        ],
      },
    });
    expect(byId(await replica.items())).toEqual(byId(await primary.items()));
    const lines = linesOf(readFileSync(undo, "utf8")).map((line) => JSON.parse(line));
    const replaced = Object.fromEntries(lines.map(({ key, before, after }) => [key.id.S, { before, after }]));
    const { gone, surplus, changed } = events;
    expect(replaced).toEqual({
      gone: { before: gone.before, after: gone.after },
      surplus: { before: surplus.before, after: surplus.after },
      changed: { before: changed.before, after: changed.after },
    });
  });

  test("a report of diff-tables mends what it tells of", async () => {
    await drift();
    const report = join(folder, "report");
    const words = ["diff-tables", primary.location, replica.location, "--settle", "0", "--report", report];
    await Bun.spawn([DDBR, ...words], { env: programEnvironment(), stdout: "ignore" }).exited;
    const run = await replicate("--keys", report);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toEndWith("3 records: 2 put and verified, 1 deleted and verified\n");
    expect(byId(await replica.items())).toEqual(byId(await primary.items()));
  });

  test("600 keys of standard input, some of them twice, with requests that fail", async () => {
    const items = Array.from({ length: 600 }, (_, at) => record(`r-${at}`, { n: { N: String(at) } }));
    await primary.load(items.filter((_, at) => at % 3 !== 0));
    await replica.load(items.map((item, at) => (at % 3 === 1 ? { ...item, n: { N: "-1" } } : item)));
    proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      rules: [
        { fault: { kind: "throttle" }, rate: 0.05 },
        { fault: { kind: "reset-after" }, operations: ["PutItem", "DeleteItem"], rate: 0.05 },
        { fault: { kind: "unprocessed", share: 0.5 }, rate: 0.3 },
      ],
    });
    const stdin = [...items, ...items.slice(0, 150)].map(({ id }) => `${keyText(id!.S!)}\n`).join("");
    const location = `${proxy.url}/${replica.name}`;
    const run = await onTables("replicate-record", primary, { location }, ["-q"], { stdin });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toMatch(/\n750 records: /);
    expect(byId(await replica.items())).toEqual(byId(await primary.items()));
    expect(proxy.stats.faults["reset-after"]).toBeGreaterThan(0);
  });

  test("a bad line: nothing is done at all", async () => {
    const keys = await drift();
    const file = join(folder, "keys");
    const before = byId(await replica.items());
    writeFileSync(file, `${keys.join("\n")}\n{"id":1}\n`);
    const run = await replicate("--keys", file);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toBe(
      `ddbr: ${file}, line 6: "id" is not a string - the table's key is "id" (S), e.g. {"id":"abc"}\n`,
    );
    expect(byId(await replica.items())).toEqual(before);
  });
});

describe("somebody writes the replica's record between reading and writing it", () => {
  const KEY = keyText("a");

  test("a changed attribute: the newer image stays", async () => {
    await primary.put(record("a", { v: { N: "1" } }));
    await replica.put(record("a", { v: { N: "0" } }));
    const newer = record("a", { v: { N: "2" } });
    const { code, stdout } = await throughProxy([KEY], {
      async onRequest(operation, _, call) {
        if (operation !== "PutItem" || call !== 1) return;
        await primary.put(newer);
        await replica.put(newer);
      },
    });
    expect(code).toBe(0);
    expect(stdout).toEndWith("written by others meanwhile\n");
    expect(await replica.items()).toEqual([newer]);
    expect(proxy!.stats.calls.PutItem).toBe(1);
  });

  test("an attribute that no condition could name: it is put back, and the record decided anew", async () => {
    await primary.put(record("a", { v: { N: "1" } }));
    await replica.put(record("a", { v: { N: "0" } }));
    await recordWrites(replica);
    const newer = record("a", { v: { N: "0" }, added: { S: "unseen" } });
    const { code } = await throughProxy([KEY], {
      async onRequest(operation, _, call) {
        if (operation !== "PutItem" || call !== 1) return;
        await primary.put(newer);
        await replica.put(newer);
      },
    });
    expect(code).toBe(0);
    expect(await replica.items()).toEqual([newer]);
    const images = (await writesTo(replica)).map(({ dynamodb }) => dynamodb?.NewImage);
    expect(images).toEqual([newer, record("a", { v: { N: "1" } }), newer]);
  });

  test("a record to be deleted comes back in both: it stays", async () => {
    await replica.put(record("a", { v: { N: "0" } }));
    const newer = record("a", { v: { N: "1" } });
    const { code } = await throughProxy([KEY], {
      async onRequest(operation, _, call) {
        if (operation !== "DeleteItem" || call !== 1) return;
        await primary.put(newer);
        await replica.put(newer);
      },
    });
    expect(code).toBe(0);
    expect(await replica.items()).toEqual([newer]);
  });

  test("the primary changes when the write is done: what is verified is the newest", async () => {
    await primary.put(record("a", { v: { N: "1" } }));
    await replica.put(record("a", { v: { N: "0" } }));
    const { code, stdout } = await throughProxy([KEY, "--json"], {
      async onResponse(operation, _status, _body, call) {
        if (operation === "PutItem" && call === 1) await primary.put(record("a", { v: { N: "2" } }));
      },
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      action: "put",
      before: { v: { N: "0" } },
      after: { v: { N: "2" } },
    });
    expect(await replica.items()).toEqual(await primary.items());
  });

  test("a primary that changes faster than it can be replicated: not done, said, exit 2", async () => {
    let version = 0;
    await primary.put(record("a", { v: { N: "0" } }));
    const { code, stdout } = await throughProxy([KEY], {
      async onResponse(operation) {
        if (operation === "PutItem") await primary.put(record("a", { v: { N: String(++version) } }));
      },
    });
    expect(code).toBe(2);
    expect(stdout).toContain("not done: the record keeps changing\n");
  });
});

describe("ends that are not as wished", () => {
  test("writing is not allowed: one line, the records not done named, exit 2", async () => {
    const keys = await drift();
    const { code, stdout, stderr } = await throughProxy([...keys, "-q"], {
      rules: [{ fault: { kind: "access-denied" }, operations: ["PutItem", "DeleteItem"], always: true }],
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^ddbr: [^\n]*not allowed to \w+Item[^\n]* - grant dynamodb:\w+Item on this table\n$/,
    );
    for (const id of ["gone", "changed", "surplus"]) expect(stdout).toContain(`[undone] ${keyText(id)}  `);
    expect(stdout).not.toContain("verified");
  });

  test("a throttle that outlasts --patience: exit 2", async () => {
    await drift();
    const { code, stdout, stderr } = await throughProxy([keyText("changed"), "--patience", "1"], {
      rules: [{ fault: { kind: "throttle" }, operations: ["PutItem"], always: true }],
    });
    expect(code).toBe(2);
    expect(stderr).toContain("throttled by DynamoDB at PutItem");
    expect(stdout).toContain("\nnot done: ");
  });

  test("a write whose answer is lost is verified by reading", async () => {
    await drift();
    const { code, stdout } = await throughProxy([keyText("changed")], {
      rules: [{ fault: { kind: "reset-after" }, operations: ["PutItem"], nth: 1 }],
    });
    expect(code).toBe(0);
    expect(stdout).toEndWith("put and verified\n");
    expect(byId(await replica.items()).changed).toEqual(byId(await primary.items()).changed!);
  });

  test("Ctrl-C in the middle: what was done is told, the rest counted, exit 130", async () => {
    const items = Array.from({ length: 300 }, (_, at) => record(`r-${at}`));
    await primary.load(items);
    proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      rules: [{ fault: { kind: "delay", ms: 200 }, operations: ["PutItem"], always: true }],
    });
    const words = ["replicate-record", primary.location, `${proxy.url}/${replica.name}`];
    const child = Bun.spawn([DDBR, ...words, ...items.map(({ id }) => keyText(id!.S!))], {
      env: programEnvironment(),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    while ((proxy.stats.calls.PutItem ?? 0) < 40) await Bun.sleep(5);
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
    expect(await child.stderr.text()).toBe("ddbr: stopped\n");
    const lines = linesOf(await child.stdout.text());
    const written = (await replica.items()).length;
    expect(written).toBe(proxy.stats.calls.PutItem!);
    expect(written).toBeLessThan(300);
    const told = lines.filter((line) => /^\[put\]|written, but not verified/.test(line));
    expect(told).toHaveLength(written);
    expect(lines.at(-1)).toMatch(/^300 records: .*\d+ not (done|looked at)$/);
  });
});
