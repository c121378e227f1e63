import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { unchanged } from "../../src/core/table/conditional-write.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "../helpers/fault-proxy.ts";
import { runDiff } from "../helpers/run-diff.ts";
import { recordWrites, writesTo } from "../helpers/stream.ts";
import { createTable, type Item, type TestTable } from "../helpers/table.ts";

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

const KEY = { id: { S: "a" } };
const version = (v: number, more: Item = {}): Item => ({ ...KEY, v: { N: String(v) }, ...more });

/** Repairs while `meddle` is called before each of the repair's writes; returns every image the replica took on. */
async function imagesOfRepair(operation: "PutItem" | "DeleteItem", meddle: (call: number) => unknown) {
  await recordWrites(replica);
  proxy = await startFaultProxy({
    target: dynamoDbEndpoint(),
    onRequest: (name, _body, call) => (name === operation ? meddle(call) : undefined),
  });
  const through = `${proxy.url}/${replica.name}`;
  const { summary } = await runDiff(primary.location, through, { mode: "repair", settleMs: 100 });
  expect(summary.outcome).toBe("clean");
  return (await writesTo(replica)).map(({ dynamodb }) => dynamodb?.NewImage);
}

describe("a write whose condition can tell that the record has changed never happens", () => {
  test("a changed attribute", async () => {
    await primary.put(version(1));
    await replica.put(version(0));
    const images = await imagesOfRepair("PutItem", async (call) => {
      if (call > 1) return;
      await primary.put(version(2));
      await replica.put(version(2));
    });
    expect(images).toEqual([version(2)]);
  });

  test("an attribute that the write would add, and that has been added", async () => {
    const added = { status: { S: "new" } };
    await primary.put(version(1, { status: { S: "old" } }));
    await replica.put(version(1));
    const images = await imagesOfRepair("PutItem", async (call) => {
      if (call > 1) return;
      await primary.put(version(1, added));
      await replica.put(version(1, added));
    });
    expect(images).toEqual([version(1, added)]);
  });

  test("a record to be deleted", async () => {
    await replica.put(version(0));
    const images = await imagesOfRepair("DeleteItem", async (call) => {
      if (call > 1) return;
      await primary.put(version(2));
      await replica.put(version(2));
    });
    expect(images).toEqual([version(2)]);
  });
});

test("what was overwritten is not put back over what somebody has written since", async () => {
  await primary.put(version(1));
  await replica.put(version(0));
  const unseen = version(0, { added: { S: "unseen" } });
  const images = await imagesOfRepair("PutItem", async (call) => {
    if (call > 2) return;
    // Before the repair's write an image that no condition can tell, before it is put back a newer one.
    const newer = call === 1 ? unseen : version(3);
    await primary.put(newer);
    await replica.put(newer);
  });
  expect(images).toEqual([unseen, version(1), version(3)]);
});

describe("records of many attributes", () => {
  const many = (count: number): Item =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`attribute-${at}`, { S: "x" }]));

  test("a condition keeps within DynamoDB's limits: 4 KB of text, 300 operators", () => {
    for (const [expected, next] of [
      [KEY, { ...KEY, ...many(700) }],
      [{ ...KEY, ...many(700) }, KEY],
    ] as const) {
      const { ConditionExpression, ExpressionAttributeNames } = unchanged(
        [{ name: "id", type: "S" }],
        expected as never,
        next as never,
      );
      expect(ConditionExpression.length).toBeLessThanOrEqual(4096);
      expect(Object.keys(ExpressionAttributeNames).length * 2).toBeLessThan(300);
    }
  });

  test("a replica's record that lacks hundreds of them is mended", async () => {
    await primary.put({ ...KEY, ...many(300) });
    await replica.put(KEY);
    const { summary } = await runDiff(primary.location, replica.location, { mode: "repair", settleMs: 0 });
    expect(summary.outcome).toBe("clean");
    expect(await replica.items()).toEqual(await primary.items());
  });
});
