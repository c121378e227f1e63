import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { createDice } from "../../src/core/demo/dice.ts";
import { createUndoFile } from "../../src/core/diff/undo-file.ts";
import type { WireItem } from "../../src/core/item/attribute-value.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { runDiff } from "../helpers/run-diff.ts";
import { createTable } from "../helpers/table.ts";
import { byId, carriedOut, changesBetween, countsOf, undoPlanned, writePlan } from "./helpers/changes.ts";
import { ids, record, someItems } from "./helpers/items.ts";
import { tableForPlans } from "./helpers/planned-table.ts";

const at = tableForPlans();
const { newPath, held, planned } = at;

/** Goes back by a file, and returns the plan and what came of it. */
async function undo(path: string, location = at.table.location) {
  const undoPath = newPath();
  const planned = await undoPlanned(path, location, undoPath);
  expect(planned.failure).toBeUndefined();
  const outcome = await carriedOut(undoPath, location);
  expect(outcome.failure).toBeUndefined();
  const { changes } = planned.plan;
  const expected = {
    create: changes.create.items,
    replace: changes.replace.items,
    delete: changes.delete.items,
  };
  expect(outcome.written).toEqual(expected);
  return { ...planned, undoPath, written: outcome.written };
}

describe("what a restore has written is taken back", () => {
  test("exactly, whatever the items hold; and that again", async () => {
    const { path, changes, before, after } = await planned(500, 1);
    expect(await held()).toEqual(before);
    await carriedOut(path, at.table.location);
    expect(await held()).toEqual(after);

    const { create, replace, delete: deleted } = countsOf(changes);
    const back = await undo(path);
    expect(back.written).toEqual({ create: deleted, replace, delete: create });
    expect(await held()).toEqual(before);
    expect(back.plan.equal).toBe(0);
    const counts = back.plan.changes;
    for (const { items: count, bytes, writeUnits } of Object.values(counts)) {
      expect(bytes).toBeGreaterThan(count);
      expect(writeUnits).toBeGreaterThanOrEqual(count);
    }
    await undo(back.undoPath);
    expect(await held()).toEqual(after);
  });

  test("once: there is nothing to do the second time", async () => {
    const { path, changes, before } = await planned(60, 3);
    await carriedOut(path, at.table.location);
    await undo(path);
    const again = await undo(path);
    expect(again.written).toEqual({ create: 0, replace: 0, delete: 0 });
    expect(again.plan.equal).toBe(changes.length);
    expect(await held()).toEqual(before);
  });

  test("as far as it came before it was stopped", async () => {
    const { path, before } = await planned(400, 4);
    const stop = new AbortController();
    let written = 0;
    const outcome = await carriedOut(path, at.table.location, {
      signal: stop.signal,
      report: (event) => {
        if (event.type === "written" && ++written === 150) stop.abort();
      },
    });
    expect(outcome.failure).toBeDefined();
    const { plan } = await undo(path);
    expect(plan.equal).toBeGreaterThan(100);
    expect(await held()).toEqual(before);
  });

  test("but not where somebody wrote since, which is told", async () => {
    const names = ids(9);
    const [a, b, c, d, e] = names as [string, string, string, string, string];
    const before = byId(names.slice(0, 6).map((id) => record(id, 1)));
    const after = byId([a, b, c, ...names.slice(6)].map((id) => record(id, 2)));
    await at.table.load(names.slice(0, 6).map((id) => record(id, 1)));
    const path = newPath();
    writePlan(path, at.table, changesBetween(before, after));
    await carriedOut(path, at.table.location);
    await at.table.put(record(a, 3));
    await at.table.delete({ id: { S: b } });
    // Taken back by hand.
    await at.table.put(record(c, 1));
    await at.table.put(record(d, 3));
    await at.table.put(record(e, 1));
    await at.table.delete({ id: { S: names[6]! } });
    await at.table.put({ ...record(names[7]!, 2), more: { S: "x" } });
    const { left, plan } = await undo(path);
    expect(left).toEqual([a, b, d, names[7]!]);
    expect(plan.left).toEqual({ extraneous: 0, present: 0, "changed-since": 4, "not-in-backup": 0 });
    expect(plan.equal).toBe(3);
    expect(await held()).toEqual(
      byId([
        ...[record(a, 3), record(c, 1), record(d, 3), record(e, 1), record(names[5]!, 1)],
        { ...record(names[7]!, 2), more: { S: "x" } },
      ]),
    );
  });

  test("on a table with the same key only, and by a whole plan only", async () => {
    const { path, changes } = await planned(5, 6);
    const wrong = await createTable({ hash: { name: "id", type: "S" }, range: { name: "at", type: "N" } });
    const refused = await undoPlanned(path, wrong.location, newPath());
    expect(refused.failure).toMatchObject({ code: "schema", subject: path });
    await wrong.drop();
    const text = await Bun.file(path).text();
    writeFileSync(path, text.replace(/\{"planned".*\n/, ""));
    const cut = await undoPlanned(path, at.table.location, newPath());
    expect(cut.failure).toMatchObject({ code: "usage", subject: path });
    expect(changes.length).toBeGreaterThan(0);
  });
});

/** A line of a repair: what it replaced, what it put; 0 for no item. */
type Write = [before: number, after: number];
const REPAIRS: [what: string, writes: Write[], present: number, expected: number | "left" | "equal"][] = [
  ["one write", [[1, 2]], 2, 1],
  ["a record that was put", [[0, 2]], 2, 0],
  ["a record that was deleted", [[1, 0]], 0, 1],
  ["a write that never happened", [[1, 2]], 1, "equal"],
  ["a put that never happened", [[0, 2]], 0, "equal"],
  ["a deletion that never happened", [[1, 0]], 1, "equal"],
  ["a record that changed since", [[1, 2]], 3, "left"],
  ["a record that was deleted since", [[1, 2]], 0, "left"],
  ["a record that was put since", [[1, 0]], 3, "left"],
  [
    "one write, tried three times",
    [
      [1, 2],
      [1, 2],
      [1, 2],
    ],
    2,
    1,
  ],
  [
    "one write, tried three times in vain",
    [
      [1, 2],
      [1, 2],
      [1, 2],
    ],
    1,
    "equal",
  ],
  [
    "two writes",
    [
      [1, 2],
      [2, 3],
    ],
    3,
    1,
  ],
  [
    "two writes of which the second never happened",
    [
      [1, 2],
      [2, 3],
    ],
    2,
    1,
  ],
  [
    "a lost race, then a write: the other's image comes back",
    [
      [1, 2],
      [4, 2],
    ],
    2,
    4,
  ],
  [
    "a lost race, and a write that never happened",
    [
      [1, 2],
      [4, 2],
    ],
    4,
    "equal",
  ],
  [
    "a write, then somebody else's, then a write",
    [
      [1, 2],
      [4, 5],
    ],
    5,
    4,
  ],
  [
    "put, deleted by somebody, put again",
    [
      [0, 2],
      [0, 3],
    ],
    3,
    0,
  ],
  [
    "put, deleted, put",
    [
      [0, 2],
      [2, 0],
      [0, 3],
    ],
    3,
    0,
  ],
  [
    "deleted, put by somebody, deleted",
    [
      [1, 0],
      [2, 0],
    ],
    0,
    2,
  ],
  [
    "there and back, which is as it was",
    [
      [1, 2],
      [2, 1],
    ],
    1,
    "equal",
  ],
  [
    "several writes and somebody else's after them",
    [
      [1, 2],
      [2, 3],
    ],
    6,
    "left",
  ],
];

describe("an undo file of repairs", () => {
  const image = (id: string, v: number): WireItem | undefined =>
    v === 0 ? undefined : { id: { S: id }, v: { N: `${v}` } };

  test("may have several lines for a record, and lines of writes that never happened", async () => {
    const path = newPath();
    const log = createUndoFile(path, "orders");
    const longest = Math.max(...REPAIRS.map(([, writes]) => writes.length));
    // Lines of one record are apart from each other.
    for (let at = 0; at < longest; at++) {
      for (const [id, writes] of REPAIRS) {
        const write = writes[at];
        if (write === undefined) continue;
        log.record({ key: { id: { S: id } }, before: image(id, write[0]), after: image(id, write[1]) });
      }
    }
    log.close();
    await at.table.load(REPAIRS.flatMap(([id, , present]) => (present === 0 ? [] : [record(id, present)])));
    const { left, plan } = await undo(path);
    const now = await held();
    for (const [id, , present, expected] of REPAIRS) {
      const wanted = typeof expected === "number" ? expected : present;
      expect(now.get(id), id).toEqual(image(id, wanted));
    }
    const of = (outcome: string) =>
      REPAIRS.filter(([, , , expected]) => expected === outcome).map(([id]) => id);
    expect(left).toEqual(of("left").sort());
    expect(plan.left["changed-since"]).toBe(left.length);
    expect(plan.equal).toBe(of("equal").length);
  });

  test("of a real repair, with faults on the way, brings the replica back as it was", async () => {
    const primary = await createTable();
    const proxy = await startFaultProxy({
      target: dynamoDbEndpoint(),
      seed: 7,
      rules: [
        { fault: { kind: "throttle" }, rate: 0.1, operations: ["PutItem", "DeleteItem"] },
        { fault: { kind: "reset-after" }, rate: 0.1, operations: ["PutItem", "DeleteItem"] },
      ],
    });
    try {
      await primary.load(someItems(ids(200), createDice(8), 0.7));
      await at.table.load(someItems(ids(200), createDice(9), 0.7));
      const before = await held();
      const path = newPath();
      const log = createUndoFile(path, at.table.location);
      const { summary } = await runDiff(primary.location, `${proxy.url}/${at.table.name}`, {
        mode: "repair",
        settleMs: 50,
        undo: log,
      });
      log.close();
      expect(summary.outcome).toBe("clean");
      expect(await held()).toEqual(byId(await primary.items()));
      // A repair that was killed may have left a line that is not whole.
      writeFileSync(path, `${await Bun.file(path).text()}{"table":"x","at":"2026-`);
      const { plan } = await undo(path);
      expect(await held()).toEqual(before);
      expect(plan.equal + plan.left["changed-since"]).toBe(0);
    } finally {
      await proxy.stop();
      await primary.drop();
    }
  });

  test("of nothing is nothing to undo", async () => {
    const path = newPath();
    createUndoFile(path, "orders").close();
    const { plan } = await undo(path);
    expect(Object.values(plan.changes).map(({ items }) => items)).toEqual([0, 0, 0]);
  });
});
