import { afterAll, beforeAll, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { DEMO_PRIMARY, DEMO_REPLICA, demoTables } from "../../src/core/demo/demo-data.ts";
import { type EmbeddedDynamo, startEmbeddedDynamo } from "../../src/core/demo/embedded-server.ts";
import { type AttributeValue, keyOf, type WireItem } from "../../src/core/item/attribute-value.ts";
import { canonicalItem } from "../../src/core/item/canonical.ts";
import { parseTableLocation } from "../../src/core/location.ts";
import { openTable, type Table } from "../../src/core/table/table.ts";

const SEED = 11;
const ORDERS = 600;
const { signal } = new AbortController();
const demo = demoTables(SEED, ORDERS);

let server: EmbeddedDynamo;
let primary: Table;
let replica: Table;
const progress: number[] = [];

beforeAll(async () => {
  server = await startEmbeddedDynamo();
  await server.loadDemo({ seed: SEED, orders: ORDERS, progress: (loaded) => progress.push(loaded) });
  primary = await openTable(parseTableLocation(`${server.endpoint}/${DEMO_PRIMARY}`));
  replica = await openTable(parseTableLocation(`${server.endpoint}/${DEMO_REPLICA}`));
});

afterAll(async () => {
  primary.close();
  replica.close();
  await server.stop();
});

async function scan(table: Table, segments: number): Promise<string[]> {
  const items: WireItem[] = [];
  for (let segment = 0; segment < segments; segment++) {
    for await (const page of table.scan(segment, segments, signal)) items.push(...page);
  }
  return items.map((item) => canonicalItem(item)).sort();
}

const nested = (value: AttributeValue): WireItem => ("M" in value ? value.M : {});

const canonical = (items: Iterable<WireItem>) => [...items].map((item) => canonicalItem(item)).sort();

async function readOne(table: Table, item: WireItem): Promise<WireItem | undefined> {
  return (await table.read([keyOf(item, demo.schema)], true, signal))[0];
}

test.each([1, 7])("holds the demo's tables, scanned in %d segments", async (segments) => {
  expect(await scan(primary, segments)).toEqual(canonical(demo.primary));
  expect(await scan(replica, segments)).toEqual(canonical(demo.replica));
});

test("tells how large the tables are, and how far the loading is", () => {
  expect(primary.description.items).toBe(demo.counts.primary);
  expect(replica.description.items).toBe(demo.counts.replica);
  expect(primary.description.bytes / ORDERS).toBeGreaterThan(300);
  expect(primary.description.schema).toEqual(demo.schema);
  expect(progress.at(-1)).toBe(demo.counts.primary + demo.counts.replica);
});

test("spells numbers as DynamoDB does", async () => {
  const respelled = [...demo.replica].filter((item) => /"N":"[^"]*(E0|\.0)"/.test(JSON.stringify(item)));
  expect(respelled.length).toBeGreaterThan(0);
  for (const item of respelled) {
    expect(JSON.stringify(await readOne(replica, item))).not.toMatch(/"N":"[^"]*(E|\.0")/);
  }
});

test("writes are conditional on the whole image, nested values and sets included", async () => {
  const [item] = demo.primary;
  const image = (await readOne(primary, item!))!;
  expect(await primary.put({ ...image, status: { S: "seen" } }, image)).toBe("written");
  const current: WireItem = { ...image, status: { S: "seen" } };
  const others: WireItem[] = [
    image,
    { ...current, address: { M: { ...nested(current.address!), street: { S: "elsewhere" } } } },
    { ...current, lines: { L: [] } },
    { ...current, tags: { SS: ["else"] } },
    { ...current, coupon: { S: "" } },
  ];
  for (const expected of others) expect(await primary.put(image, expected)).toBe("race-lost");
  const reordered = Object.fromEntries(Object.entries(current).reverse());
  expect(await primary.put(image, reordered)).toBe("written");
  expect(await primary.delete(current)).toBe("race-lost");
  expect(await readOne(primary, image)).toEqual(image);
});

test("survives clients that go away in the middle of a request", async () => {
  for (const leave of ["destroy", "resetAndDestroy"] as const) {
    const socket = connect(Number(new URL(server.endpoint).port), "127.0.0.1");
    await once(socket, "connect");
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{");
    await Bun.sleep(20);
    socket[leave]();
    await Bun.sleep(20);
  }
  expect(await (await fetch(server.endpoint)).text()).toStartWith("healthy");
});

test("a port that is taken is an error that names it", async () => {
  const port = Number(new URL(server.endpoint).port);
  await expect(startEmbeddedDynamo({ port })).rejects.toMatchObject({
    code: "connection",
    subject: `127.0.0.1:${port}`,
  });
});

test("stopping frees the port, also in the middle of loading", async () => {
  const other = await startEmbeddedDynamo();
  const loading = other.loadDemo({ seed: 1, orders: 100_000 }).catch(({ message }: Error) => message);
  await other.stop();
  expect(await loading).toBe("it was stopped");
  await other.stop();
  await expect(fetch(other.endpoint)).rejects.toThrow();
});
