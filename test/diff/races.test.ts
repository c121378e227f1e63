import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
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

/** Repairs while `meddle` is called just before the repair's first write reaches the replica. */
async function repairWhile(operation: "PutItem" | "DeleteItem", meddle: () => Promise<unknown>) {
  proxy = await startFaultProxy({
    target: dynamoDbEndpoint(),
    onRequest: (name, _body, call) => (name === operation && call === 1 ? meddle() : undefined),
  });
  return runDiff(primary.location, `${proxy.url}/${replica.name}`, { mode: "repair", settleMs: 100 });
}

const put = ({ client, name }: TestTable, item: Item) =>
  client.send(new PutItemCommand({ TableName: name, Item: item }));

describe("somebody writes the replica's record between reading and writing it", () => {
  test("a changed attribute: the write is refused, and the record decided anew", async () => {
    await put(primary, { ...KEY, v: { N: "1" } });
    await put(replica, { ...KEY, v: { N: "0" } });
    const newer = { ...KEY, v: { N: "2" } };
    const { summary } = await repairWhile("PutItem", async () => {
      await put(primary, newer);
      await put(replica, newer);
    });
    expect(summary.totals.racesLost).toBe(1);
    expect(summary.totals.repaired).toEqual({ put: 0, delete: 0, "by-others": 1 });
    expect(summary.outcome).toBe("clean");
    expect(await replica.items()).toEqual([newer]);
  });

  test("an attribute that no condition could name: what was overwritten is put back at once", async () => {
    await put(primary, { ...KEY, v: { N: "1" } });
    await put(replica, { ...KEY, v: { N: "0" } });
    await recordWrites(replica);
    // The primary goes back to the replica's image and gains an attribute; the replicator is quick.
    const newer = { ...KEY, v: { N: "0" }, added: { S: "unseen" } };
    const { summary } = await repairWhile("PutItem", async () => {
      await put(primary, newer);
      await put(replica, newer);
    });
    expect(summary.totals.racesLost).toBe(1);
    expect(summary.outcome).toBe("clean");
    expect(await replica.items()).toEqual([newer]);
    const images = (await writesTo(replica)).map(({ dynamodb }) => dynamodb?.NewImage);
    expect(images).toEqual([newer, { ...KEY, v: { N: "1" } }, newer]);
  });

  test("a record to be deleted gains an attribute: it is put back", async () => {
    await put(replica, { ...KEY, v: { N: "0" } });
    const newer = { ...KEY, v: { N: "0" }, added: { S: "unseen" } };
    const { summary } = await repairWhile("DeleteItem", async () => {
      await put(primary, newer);
      await replica.client.send(
        new UpdateItemCommand({
          TableName: replica.name,
          Key: KEY,
          UpdateExpression: "SET added = :a",
          ExpressionAttributeValues: { ":a": { S: "unseen" } },
        }),
      );
    });
    expect(summary.totals.racesLost).toBe(1);
    expect(summary.outcome).toBe("clean");
    expect(await replica.items()).toEqual([newer]);
  });

  test("a missing record appears: it is not overwritten", async () => {
    await put(primary, { ...KEY, v: { N: "1" } });
    const newer = { ...KEY, v: { N: "2" } };
    const { summary } = await repairWhile("PutItem", async () => {
      await put(primary, newer);
      await put(replica, newer);
    });
    expect(summary.totals.racesLost).toBe(1);
    expect(summary.outcome).toBe("clean");
    expect(await replica.items()).toEqual([newer]);
  });
});
