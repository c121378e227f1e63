import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createDice } from "../../src/core/demo/dice.ts";
import { PauseGate } from "../../src/core/pause-gate.ts";
import { createTable } from "../helpers/table.ts";
import { byId, carriedOut, changesBetween, countsOf, noted, total, writePlan } from "./helpers/changes.ts";
import { idIn, ids, record, someItems } from "./helpers/items.ts";
import { othersAtWork } from "./helpers/others-at-work.ts";
import { tableForPlans } from "./helpers/planned-table.ts";

const at = tableForPlans();
const { newPath, held, through, planned, plannedNew } = at;

describe("a plan is carried out", () => {
  test("whatever is in the items", async () => {
    const { path, changes, after } = await planned(400, 1);
    const outcome = await carriedOut(path, at.table.location);
    expect(outcome.failure).toBeUndefined();
    expect(await held()).toEqual(after);
    expect(outcome.written).toEqual(countsOf(changes));
    expect(Object.values(outcome.written).every((count) => count > 30)).toBe(true);
    expect(outcome.resumed).toBeUndefined();
    const whole = readFileSync(path);
    expect(noted(path)).toEqual({
      offset: whole.indexOf('{"planned"'),
      done: countsOf(changes),
      raced: 0,
      undone: 0,
    });
  });

  test("and once more: nothing is left to do", async () => {
    const { path, changes } = await planned(50, 2);
    await carriedOut(path, at.table.location);
    const location = await through({});
    const again = await carriedOut(path, location);
    expect(again.resumed).toEqual(countsOf(changes));
    expect(total(again)).toEqual(countsOf(changes));
    expect(Object.keys(at.proxy.stats.calls)).toEqual(["DescribeTable"]);
  });

  test("although answers are lost, throttled, cut, and the server fails", async () => {
    const { path, changes, after } = await planned(500, 3);
    const location = await through({
      seed: 3,
      rules: [
        { fault: { kind: "throttle" }, rate: 0.05, operations: ["PutItem", "DeleteItem", "BatchGetItem"] },
        { fault: { kind: "server-error" }, rate: 0.03, operations: ["PutItem", "DeleteItem"] },
        { fault: { kind: "reset-before" }, rate: 0.03, operations: ["PutItem", "DeleteItem"] },
        { fault: { kind: "reset-after" }, rate: 0.05, operations: ["PutItem", "DeleteItem"] },
        { fault: { kind: "truncate" }, rate: 0.05, operations: ["PutItem", "DeleteItem"] },
        { fault: { kind: "unprocessed", share: 1 }, rate: 0.3, operations: ["BatchGetItem"] },
      ],
    });
    const outcome = await carriedOut(path, location);
    expect(outcome.failure).toBeUndefined();
    expect(await held()).toEqual(after);
    expect(outcome.written).toEqual(countsOf(changes));
    expect([outcome.raced, outcome.undone]).toEqual([[], []]);
    const { faults } = at.proxy.stats;
    const { throttle, "reset-after": lost, truncate, "server-error": failed } = faults;
    for (const count of [throttle, lost, truncate, failed]) expect(count).toBeGreaterThan(3);
    const retried = outcome.events.filter((event) => event.type === "retried");
    expect(retried.length).toBeGreaterThan(30);
    expect(retried.some(({ throttled }) => throttled)).toBe(true);
  });

  test("only while it is not paused", async () => {
    const { path, after } = plannedNew(ids(5).map((id) => record(id, 1)));
    const gate = new PauseGate();
    gate.pause();
    const running = carriedOut(path, at.table.location, { gate });
    await Bun.sleep(300);
    expect((await held()).size).toBe(0);
    gate.resume();
    await running;
    expect(await held()).toEqual(after);
  });

  test("on a table with the same key only, and when it is whole", async () => {
    const wrong = await createTable({ hash: { name: "id", type: "N" } });
    const { path } = plannedNew([record("a", 1)]);
    expect(await carriedOut(path, wrong.location)).toMatchObject({
      failure: { code: "schema", subject: path },
    });
    expect(await wrong.items()).toEqual([]);
    await wrong.drop();
    await Bun.write(path, readFileSync(path, "utf8").replace(/\{"planned".*\n/, ""));
    expect(await carriedOut(path, at.table.location)).toMatchObject({
      failure: { code: "usage", subject: path },
    });
    expect((await held()).size).toBe(0);
  });
});

describe("what others write", () => {
  test("after the plan was made stays, and is told", async () => {
    const before = ids(8).map((id) => record(id, 1));
    await at.table.load(before);
    const [a, b, c, d, e, f, g, h] = ids(8) as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const after = byId([
      record(a, 2),
      record(b, 2),
      record(c, 2),
      record(d, 2),
      record("new-1", 2),
      record("new-2", 2),
    ]);
    after.set(h, byId([record(h, 1)]).get(h)!);
    const path = newPath();
    writePlan(path, at.table, changesBetween(byId(before), after));
    // Altered, added to, deleted, as it is to be; to be deleted: altered, added to, deleted; to be created: there, and as it is to be.
    await at.table.put(record(a, 3));
    await at.table.put({ ...record(b, 1), more: { S: "x" } });
    await at.table.delete({ id: { S: c } });
    await at.table.put(record(d, 2));
    await at.table.put(record(e, 3));
    await at.table.put({ ...record(f, 1), more: { S: "x" } });
    await at.table.delete({ id: { S: g } });
    await at.table.put({ ...record("new-1", 2), more: { S: "x" } });
    await at.table.put(record("new-2", 2));
    const expected = await held();
    const outcome = await carriedOut(path, at.table.location);
    expect(outcome.raced).toEqual(["new-1", a, b, c, e, f].sort());
    expect(outcome.written).toEqual({ create: 1, replace: 1, delete: 1 });
    expect(noted(path)).toMatchObject({ raced: 6, done: { create: 1, replace: 1, delete: 1 } });
    expect(await held()).toEqual(expected);
  });

  test("at any moment is never overwritten", async () => {
    const { path, changes, after, dice } = await planned(400, 4);
    const others = othersAtWork(at.table, dice);
    // Each of our requests waits until one of their writes is done, now and then of the very record.
    const location = await through({
      async onRequest(operation, body) {
        if (operation === "DescribeTable" || !dice.chance(0.4)) return;
        await others.write(dice.chance(0.5) ? idIn(body)! : dice.pick(ids(400)));
      },
      async onResponse(operation, _, body) {
        const id = idIn(body);
        if (operation !== "DescribeTable" && id !== undefined && dice.chance(0.1)) await others.write(id);
      },
      rules: [{ fault: { kind: "reset-after" }, rate: 0.1, operations: ["PutItem", "DeleteItem"] }],
    });
    const outcome = await carriedOut(path, location);
    expect(outcome.failure).toBeUndefined();
    await others.check(changes, after);
    expect(others.last.size).toBeGreaterThan(50);
    expect(outcome.raced.length).toBeGreaterThan(20);
    const { create, replace, delete: deleted } = outcome.written;
    expect(create + replace + deleted + outcome.raced.length).toBe(changes.length);
  });
});

describe("what cannot be done", () => {
  test("for one record is told, and the others are", async () => {
    const { path, after } = plannedNew(ids(100).map((id) => record(id, 1)));
    const location = await through({
      rules: [
        { fault: { kind: "refuse", code: "ValidationException" }, nth: [7, 70], operations: ["PutItem"] },
      ],
    });
    const outcome = await carriedOut(path, location);
    expect(outcome.failure).toBeUndefined();
    expect(outcome.undone.length).toBe(2);
    expect(outcome.written.create).toBe(98);
    for (const id of outcome.undone) after.delete(id);
    expect(await held()).toEqual(after);
    expect(noted(path)).toMatchObject({ done: { create: 98 }, undone: 2 });
  });

  test("at all stops the run; a later one goes on", async () => {
    const { path, changes, after } = await planned(300, 5);
    const location = await through({
      rules: [{ fault: { kind: "access-denied" }, nth: 60, operations: ["PutItem"], times: 1 }],
    });
    const outcome = await carriedOut(path, location);
    expect(outcome.failure).toMatchObject({ code: "permission" });
    const done = noted(path)!.done;
    expect(done.create + done.replace + done.delete).toBeGreaterThan(0);
    const again = await carriedOut(path, location);
    expect(again.failure).toBeUndefined();
    expect(again.resumed).toEqual(done);
    expect(total(again)).toEqual(countsOf(changes));
    expect(await held()).toEqual(after);
  });

  test("for too long stops the run, and what others wait for is not waited for", async () => {
    const { path } = plannedNew(ids(100).map((id) => record(id, 1)));
    const location = await through({
      rules: [{ fault: { kind: "throttle" }, operations: ["PutItem"], always: true }],
    });
    const outcome = await carriedOut(path, location, { patienceMs: 300 });
    expect(outcome.failure).toMatchObject({ code: "throttled" });
    expect((await held()).size).toBe(0);
  });
});

describe("a table that the restore has made", () => {
  test("is filled in batches, throttled and left undone or not", async () => {
    const { path, changes, after } = plannedNew(someItems(ids(1_000), createDice(9)), true);
    const location = await through({
      seed: 9,
      rules: [
        { fault: { kind: "unprocessed", share: 0.6 }, rate: 0.3, operations: ["BatchWriteItem"] },
        { fault: { kind: "throttle" }, rate: 0.1, operations: ["BatchWriteItem"] },
        { fault: { kind: "reset-after" }, rate: 0.1, operations: ["BatchWriteItem"] },
      ],
    });
    const outcome = await carriedOut(path, location);
    expect(outcome.failure).toBeUndefined();
    expect(outcome.written).toEqual(countsOf(changes));
    expect(await held()).toEqual(after);
    expect(Object.keys(at.proxy.stats.calls).sort()).toEqual(["BatchWriteItem", "DescribeTable"]);
    expect(at.proxy.stats.calls.BatchWriteItem).toBeLessThan(150);
    expect(at.proxy.stats.faults.unprocessed).toBeGreaterThan(5);
  });

  test("gets all but the items that are refused", async () => {
    const names = ids(100);
    const { path, after } = plannedNew(
      names.map((id) => record(id, 1)),
      true,
    );
    const writer = readFileSync(path, "utf8");
    // What the server refuses, and the whole batch with it.
    await Bun.write(
      path,
      writer.replaceAll(
        `{"id":{"S":"${names[30]}"},"v":{"N":"1"}}`,
        `{"id":{"S":"${names[30]}"},"v":{"N":"x"}}`,
      ),
    );
    const outcome = await carriedOut(path, at.table.location);
    expect(outcome.failure).toBeUndefined();
    expect(outcome.undone).toEqual([names[30]!]);
    after.delete(names[30]!);
    expect(await held()).toEqual(after);
    expect(outcome.written.create).toBe(99);
  });

  test("although its file says so, is not written over where the plan knows of an item", async () => {
    await at.table.put(record("a", 1));
    const path = newPath();
    writePlan(
      path,
      at.table,
      changesBetween(byId([record("a", 0)]), byId([record("a", 2), record("b", 2)])),
      true,
    );
    const outcome = await carriedOut(path, at.table.location);
    expect(outcome.raced).toEqual(["a"]);
    expect(await held()).toEqual(byId([record("a", 1), record("b", 2)]));
  });
});
