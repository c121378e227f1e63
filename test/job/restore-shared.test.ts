import { describe, expect, test } from "bun:test";
import { runDdbr } from "../helpers/cli.ts";
import { withPlace } from "../helpers/stores.ts";
import { ID_KEY, type TestTable, withTables } from "../helpers/table.ts";
import { byId, changesBetween, wire } from "../restore/helpers/changes.ts";
import { ids, record } from "../restore/helpers/items.ts";
import { writeFullExport, writeIncrementalExport } from "../restore/sources/write-export.ts";
import { merged, stateOf, tableToBeMade, withDump, writeDump } from "./restore-fixture.ts";
import { collect, type SharedRestore, undo, work } from "./shared-restore.ts";

const MINUTES = 60_000;

const small = { kind: "directory" as const, records: 300, files: 3, seed: 72 };

test(
  "--dry-run counts what all workers would do, and writes nothing",
  () =>
    withDump(small, async (dumped) => {
      const { table, state, before, after } = dumped;
      const [one, other] = await Promise.all([work(dumped, "--dry-run"), work(dumped, "--dry-run")]);
      expect([one.code, other.code]).toEqual([0, 0]);
      expect(await stateOf(table)).toEqual(before);
      expect((await state.keys()).filter((key) => key.includes("/undo/"))).toEqual([]);
      const { code, summary } = await collect(state);
      expect({ code, outcome: summary.outcome }).toEqual({ code: 0, outcome: "planned" });
      const changes = changesBetween(before, after);
      expect(summary.plan.changes.create.items).toBe(
        changes.filter((one) => one.before === undefined).length,
      );
      expect(summary.plan.changes.replace.items).toBe(
        changes.filter((one) => one.before !== undefined).length,
      );
      // The run that writes is another.
      const refused = await work(dumped);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain("the state is of another run: dryRun is true, here false");
      expect(await stateOf(table)).toEqual(before);
    }),
  MINUTES,
);

test(
  "--mode missing puts what is absent and leaves what is different",
  () =>
    withDump(small, async (dumped) => {
      const { table, state, before, after } = dumped;
      expect((await work(dumped, "--mode", "missing")).code).toBe(0);
      expect(await stateOf(table)).toEqual(merged(after, before));
      const { code, summary } = await collect(state);
      expect(code).toBe(0);
      const different = changesBetween(before, after).filter((one) => one.before !== undefined).length;
      expect(summary.plan.left.present).toBe(different);
      expect(summary.totals.written.replace).toBe(0);
    }),
  MINUTES,
);

describe("a damaged file", () => {
  test.each(["content", "length"])(
    "stops its segment before any of its records is written (%s)",
    (damage) =>
      // More bytes than a worker holds back until it writes the first of them.
      withDump({ kind: "directory", records: 150, files: 2, seed: 74, padding: 50_000 }, async (dumped) => {
        const { table, source, state, before, after } = dumped;
        const name = "dump/1.json.gz";
        const body = (await source.get(name))!;
        const other = (await source.get("dump/0.json.gz"))!;
        await source.put(name, damage === "length" ? body.subarray(0, body.length - 20) : other);
        const { code, stdout } = await work(dumped, "--segments", "2", "--segment", "1", "--plain");
        expect(code).toBe(2);
        expect(stdout).toContain("dump/1.json.gz");
        expect(await stateOf(table)).toEqual(before);
        expect((await work(dumped, "--segments", "2", "--segment", "0")).code).toBe(0);
        const { summary, ...collected } = await collect(state);
        expect(collected.code).toBe(2);
        expect(summary.failure).toBe("1 of 2 segments is not done: 1");
        await source.put(name, body);
        expect((await work(dumped)).code).toBe(0);
        expect(await stateOf(table)).toEqual(after);
        expect((await collect(state)).code).toBe(0);
      }),
    2 * MINUTES,
  );
});

test(
  "--create is done by one of many that begin at once; undoing takes away what they have put",
  () =>
    withPlace("directory", (source) =>
      withPlace("directory", async (state) => {
        const made = tableToBeMade();
        try {
          await writeDump(source, "dump", ids(400).map(record), 4);
          const restore = { source, url: `${source.url}/dump`, table: made, state };
          const dry = await work({ ...restore, state: source }, "--create", "--dry-run");
          expect(dry.code, dry.stdout + dry.stderr).toBe(0);
          expect((await collect(source)).summary.plan.changes.create.items).toBe(400);
          const workers = await Promise.all([1, 2, 3].map(() => work(restore, "--create", "--plain")));
          for (const { code, stdout, stderr } of workers) expect(code, stdout + stderr).toBe(0);
          const undoFile = `${source.url}/undo.ndjson`;
          const { code, summary } = await collect(state, "--undo-file", undoFile);
          expect({ code, created: summary.created }).toEqual({ code: 0, created: true });
          expect(summary.totals.written.create).toBe(400);
          expect(await made.items()).toEqual(byId(ids(400).map(record)));
          const undone = await undo(undoFile, `${source.url}/redo.ndjson`, made);
          expect(undone.code, undone.stdout).toBe(0);
          expect(await made.items()).toEqual(new Map());
        } finally {
          await made.drop();
        }
      }),
    ),
  MINUTES,
);

describe("DynamoDB's export", () => {
  const exported = (body: (restore: SharedRestore & { table: TestTable }) => Promise<void>) =>
    withTables([ID_KEY], (table) =>
      withPlace("directory", (source) => withPlace("directory", (state) => body({ source, table, state }))),
    );

  test("is shared file by file", () =>
    exported(async (restore) => {
      const items = [...byId(ids(300).map(record)).values()];
      const { folder } = await writeFullExport(restore.source, items, { files: 3 });
      const shared = { ...restore, url: `${restore.source.url}/${folder}` };
      const workers = await Promise.all([1, 2].map(() => work(shared, "--plain")));
      for (const { code, stdout, stderr } of workers) expect(code, stdout + stderr).toBe(0);
      expect([...(await stateOf(restore.table)).values()]).toEqual(items);
      expect((await collect(restore.state)).summary.totals.segmentsDone).toBe(3);
    }));

  test("of a table with another key is refused before anything is written", () =>
    exported(async (restore) => {
      const items = ids(20).flatMap((id) => [record(id, 1), record(id, 2)]);
      const { folder } = await writeFullExport(restore.source, items.map(wire), { files: 1 });
      const { code, stdout } = await work({ ...restore, url: `${restore.source.url}/${folder}` }, "--plain");
      expect(code).toBe(2);
      expect(stdout).toContain('holds the record {"id":"r-000000"} more than once, each time another');
      expect(await restore.table.items()).toEqual([]);
    }));

  test("of changes alone is for one process", () =>
    exported(async (restore) => {
      const keys = { id: { S: "a" } };
      const changes = [{ keys, after: keys }];
      const { folder } = await writeIncrementalExport(restore.source, changes, "NEW_IMAGE");
      const { code, stderr } = await work({ ...restore, url: `${restore.source.url}/${folder}` });
      expect(code).toBe(2);
      expect(stderr).toContain("an incremental export cannot be shared by many workers");
      expect(await restore.state.keys()).toEqual([]);
    }));
});

describe("what many workers cannot do", () => {
  test.each([
    [["--mode", "replace"], "--mode replace contradicts --state"],
    [["--key", '{"id":"a"}'], "--key contradicts --state"],
    [["--keys", "./k"], "--keys contradicts --state"],
    [["--partition", "a"], "--partition contradicts --state"],
    [["--where", "v = 1"], "--where contradicts --state"],
    [["--resume", "--undo-file", "./u"], "--resume contradicts --state"],
    [["--undo-file", "./u"], "--undo-file contradicts --state"],
  ])("%j is refused with a hint", async (words, message) => {
    const all = ["restore-table", "./nothing", "local/none", "--state", "./none", "--yes", ...words];
    const { code, stderr } = await runDdbr(all);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^ddbr: [^\n]* - [^\n]*\n$/);
    expect(code).toBe(2);
  });

  test.each([
    [["--segment", "1", "--segments", "4"], "--segment needs --state"],
    [["--state", "./none"], "without a terminal nobody can be asked"],
  ])("%j is refused", async (words, message) => {
    const { code, stderr } = await runDdbr(["restore-table", "./nothing", "local/none", ...words]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  test("a collected undo file is not gone on with", () =>
    withDump(small, async (dumped) => {
      expect((await work(dumped)).code).toBe(0);
      const undoFile = `${dumped.source.url}/undo.ndjson`;
      await collect(dumped.state, "--undo-file", undoFile);
      const again = await runDdbr([
        "restore-table",
        dumped.url,
        dumped.table.location,
        "--yes",
        "--resume",
        "--undo-file",
        undoFile,
      ]);
      expect(again.code).toBe(2);
      expect(again.stdout).toContain("was collected from many workers");
    }));
});
