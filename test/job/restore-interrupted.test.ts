import { describe, expect, test } from "bun:test";
import { createDice } from "../../src/core/demo/dice.ts";
import { runProgram } from "../helpers/cli.ts";
import { STORE_KINDS, type TestPlace, withPlace } from "../helpers/stores.ts";
import { loadItems } from "../helpers/table-items.ts";
import { byId, changesBetween, newFolder } from "../restore/helpers/changes.ts";
import { ids, record } from "../restore/helpers/items.ts";
import { makeModel } from "../restore/model.ts";
import { merged, stateOf, tableToBeMade, withDump, writeDump } from "./restore-fixture.ts";
import { endedWorker, startWorker } from "./restore-worker.ts";
import { collect, type SharedRestore, undo, work } from "./shared-restore.ts";

const MINUTES = 60_000;
const small = { kind: "directory" as const, records: 300, files: 3, seed: 72 };

/** What is told of in the state, by plain means: the records that workers have, or may have, written. */
async function idsToBeWritten(state: TestPlace): Promise<string[]> {
  const keys = (await state.keys()).filter((key) => key.includes("/undo/"));
  const bodies = await Promise.all(keys.map((key) => state.get(key)));
  const [first, ...lines] = bodies[0]!.toString().trimEnd().split("\n");
  expect(JSON.parse(first!)).toHaveProperty("chunk");
  return lines.map((line) => JSON.parse(line).key.id.S);
}

describe("a worker that was killed", () => {
  test(
    "has told of everything before it wrote: what others have changed since is not overwritten, and all else is done once",
    () =>
      withDump(small, async (dumped) => {
        const { table, state, before, after } = dumped;
        await endedWorker(dumped, 40, "SIGKILL");
        const begun = await stateOf(table);
        const changed = changesBetween(before, begun).length;
        expect(changed).toBeGreaterThan(10);
        const told = await idsToBeWritten(state);
        const isWritten = (id: string) => Bun.deepEquals(begun.get(id), after.get(id));
        const theirs = [
          ...told.filter(isWritten).slice(0, 3),
          ...told.filter((id) => !isWritten(id)).slice(0, 3),
        ];
        expect(theirs.length).toBe(6);
        for (const [at, id] of theirs.entries()) await table.put(record(id, at));
        const others = byId(theirs.map((id, at) => record(id, at)));
        const { code, stdout } = await work(dumped, "--plain");
        expect(code, stdout).toBe(0);
        expect(await stateOf(table)).toEqual(merged(after, others));

        const folder = newFolder();
        const undoFile = folder.path("undo.ndjson");
        const collected = await collect(state, "--undo-file", undoFile);
        expect(collected.code).toBe(1);
        const { plan, totals } = collected.summary;
        expect(totals.raced).toBe(theirs.length);
        const { create, replace } = totals.written;
        expect(create + replace + totals.raced).toBe(changesBetween(before, after).length);
        expect(plan.changes.create.items + plan.changes.replace.items).toBe(
          changesBetween(before, after).length,
        );
        const undone = await undo(undoFile, folder.path("redo.ndjson"), table);
        expect(undone.code, undone.stderr).toBe(1);
        expect(await stateOf(table)).toEqual(merged(before, others));
        folder.drop();
      }),
    2 * MINUTES,
  );

  test(
    "can be taken back although nobody has gone on",
    () =>
      withDump(small, async (dumped) => {
        const { table, state, before } = dumped;
        await endedWorker(dumped, 60, "SIGKILL");
        expect(await stateOf(table)).not.toEqual(before);
        const folder = newFolder();
        const undoFile = folder.path("undo.ndjson");
        const { code, summary } = await collect(state, "--undo-file", undoFile);
        expect(code).toBe(2);
        expect(summary.failure).toContain("of 3 segments");
        expect((await undo(undoFile, folder.path("redo.ndjson"), table)).code).toBe(0);
        expect(await stateOf(table)).toEqual(before);
        folder.drop();
      }),
    2 * MINUTES,
  );
});

test(
  "a worker that is stopped ends its writes under way, and the same command goes on at once",
  () =>
    withDump(small, async (dumped) => {
      const { table, state, before, after } = dumped;
      const { code, writes } = await endedWorker(dumped, 50, "SIGINT");
      expect(code).toBe(130);
      expect(changesBetween(before, await stateOf(table)).length).toBe(writes);
      expect((await work(dumped)).code).toBe(0);
      expect(await stateOf(table)).toEqual(after);
      const { summary } = await collect(state);
      const { create, replace } = summary.totals.written;
      expect(create + replace).toBe(changesBetween(before, after).length);
    }),
  MINUTES,
);

test(
  "a segment that is begun anew, by hand, overwrites nothing of what it is undone by",
  () =>
    withDump(small, async (dumped) => {
      const { table, source, state, before, after } = dumped;
      expect((await work(dumped)).code).toBe(0);
      const told = (await state.keys()).filter((key) => key.includes("/undo/"));
      const bodies = await Promise.all(told.map((key) => state.get(key)));
      for (const key of await state.keys("state/segments")) await state.remove(key);
      const created = [...after.keys()].find((id) => !before.has(id))!;
      await table.delete({ id: { S: created } });
      expect((await work(dumped)).code).toBe(0);
      expect(await stateOf(table)).toEqual(after);
      expect(await Promise.all(told.map((key) => state.get(key)))).toEqual(bodies);
      const undoFile = `${source.url}/undo.ndjson`;
      await collect(state, "--undo-file", undoFile);
      await undo(undoFile, `${source.url}/redo.ndjson`, table);
      expect(await stateOf(table)).toEqual(before);
    }),
  2 * MINUTES,
);

test(
  "a worker that stood still for longer than its lease overwrites nothing, also in a table that was made",
  () =>
    withPlace("directory", (source) =>
      withPlace("directory", async (state) => {
        const made = tableToBeMade();
        try {
          const items = ids(400).map(record);
          await writeDump(source, "dump", items, 1);
          const restore = { source, url: `${source.url}/dump`, table: made, state };
          const { child, ended } = await startWorker(restore, ["--create"], 6, (worker) =>
            worker.kill("SIGSTOP"),
          );
          while (!(await isStopped(child.pid))) await Bun.sleep(10);
          // It waits until nothing more is heard of the first, and does the rest.
          expect((await work(restore, "--create")).code).toBe(0);
          expect(await made.items()).toEqual(byId(items));
          const theirs = ids(400).map((id) => ({ id: { S: id }, theirs: { BOOL: true } }));
          await loadItems(made.client, made.name, theirs);
          child.kill("SIGCONT");
          const { writes } = await ended;
          expect(writes).toBeLessThan(400 / 25);
          expect(await made.items()).toEqual(byId(theirs));
        } finally {
          await made.drop();
        }
      }),
    ),
  2 * MINUTES,
);

describe.each(STORE_KINDS)("an incremental folder on %s", (kind) => {
  test(
    "--at a moment, by several workers, one of which is stopped or killed: each record once",
    async () => {
      const model = await makeModel({ seed: 73, keys: 150, writes: 600, places: [kind] });
      const dice = createDice(73);
      const at = model.moment(() => 0.3 + dice.between(0, 40) / 100);
      const place = model.places[kind]!;
      try {
        await withPlace(
          kind,
          async (state) => {
            const before = await stateOf(model.table);
            const restore: SharedRestore = { source: place, table: model.table, state };
            const words = ["--at", new Date(at).toISOString(), "--segments", "5"];
            await endedWorker(restore, 15, kind === "s3" ? "SIGINT" : "SIGKILL", words);
            expect(await stateOf(model.table)).not.toEqual(before);
            const workers = await Promise.all([1, 2].map(() => work(restore, ...words, "--plain")));
            for (const { code, stdout, stderr } of workers) expect(code, stdout + stderr).toBe(0);
            const after = merged(before, model.stateAt(at));
            expect(await stateOf(model.table)).toEqual(after);
            const { code, summary } = await collect(state);
            expect(code).toBe(0);
            expect(summary.totals.source.items).toBe(model.stateAt(at).size);
            const { create, replace } = summary.totals.written;
            expect(create + replace).toBe(changesBetween(before, after).length);
          },
          { versioned: false },
        );
      } finally {
        await model.drop();
      }
    },
    2 * MINUTES,
  );
});

/** The signal is sent in passing: it takes effect a moment later. */
async function isStopped(pid: number): Promise<boolean> {
  const { stdout } = await runProgram(["ps", "-o", "state=", "-p", `${pid}`]);
  return stdout.startsWith("T");
}
