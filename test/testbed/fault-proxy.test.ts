import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { dynamoDbClient, dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import {
  type FaultProxy,
  type FaultProxyOptions,
  type FaultRule,
  startFaultProxy,
} from "../helpers/fault-proxy.ts";
import { createTable, type TestTable } from "../helpers/table.ts";

let table: TestTable;
let proxy: FaultProxy;
let client: DynamoDBClient;

beforeEach(async () => {
  table = await createTable();
});

afterEach(async () => {
  client.destroy();
  await proxy.stop();
  await table.drop();
});

async function start(options: Partial<FaultProxyOptions> = {}): Promise<void> {
  proxy = await startFaultProxy({ target: dynamoDbEndpoint(), ...options });
  client = dynamoDbClient({ endpoint: proxy.url, maxAttempts: 1 });
}

const item = (id: string) => ({ id: { S: id }, text: { S: "x".repeat(300) } });
const put = (id: string) => client.send(new PutItemCommand({ TableName: table.name, Item: item(id) }));
const get = (id: string) =>
  client.send(new GetItemCommand({ TableName: table.name, Key: { id: { S: id } } }));
const error = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (reason: Error & { $metadata?: { httpStatusCode?: number } }) => reason,
  );

test("without rules everything passes and is counted", async () => {
  await start({ log: true });
  await put("a");
  expect((await get("a")).Item).toEqual(item("a"));
  expect(proxy.stats.calls).toEqual({ PutItem: 1, GetItem: 1 });
  expect(proxy.stats.faults).toEqual({});
  expect(proxy.stats.log).toEqual([
    { operation: "PutItem", number: 1, faults: [], status: 200 },
    { operation: "GetItem", number: 1, faults: [], status: 200 },
  ]);
});

test("the server's own errors pass unchanged", async () => {
  await start();
  const failure = await error(client.send(new ScanCommand({ TableName: "no-such-table" })));
  expect(failure?.name).toBe("ResourceNotFoundException");
});

const errors: [FaultRule["fault"], string, number][] = [
  [{ kind: "throttle" }, "ProvisionedThroughputExceededException", 400],
  [{ kind: "throttle", code: "ThrottlingException" }, "ThrottlingException", 400],
  [{ kind: "server-error" }, "InternalServerError", 500],
  [{ kind: "server-error", status: 503 }, "ServiceUnavailable", 503],
  [{ kind: "access-denied" }, "AccessDeniedException", 400],
];
for (const [fault, name, status] of errors) {
  test(`${fault.kind}: the SDK sees ${name}, ${status}, and nothing is written`, async () => {
    await start({ rules: [{ fault, always: true, operations: ["PutItem"] }] });
    const failure = await error(put("a"));
    expect(failure?.name).toBe(name);
    expect(failure?.$metadata?.httpStatusCode).toBe(status);
    expect(await table.items()).toEqual([]);
    expect(proxy.stats.faults).toEqual({ [fault.kind]: 1 });
  });
}

for (const [handler, requestHandler] of [
  ["fetch", undefined],
  ["node", {}],
] as const) {
  const through = () => {
    if (requestHandler) client = dynamoDbClient({ endpoint: proxy.url, maxAttempts: 1, requestHandler });
  };

  test(`reset-before (${handler}): fails, not written`, async () => {
    await start({ rules: [{ fault: { kind: "reset-before" }, nth: 1 }] });
    through();
    expect(String((await error(put("a")))?.message)).toMatch(/reset|closed|hang up/i);
    expect(await table.items()).toEqual([]);
    await put("b");
    expect(await table.items()).toEqual([item("b")]);
  });

  test(`reset-after (${handler}): fails, but is written`, async () => {
    await start({ rules: [{ fault: { kind: "reset-after" }, nth: 1 }] });
    through();
    expect(String((await error(put("a")))?.message)).toMatch(/reset|closed|hang up/i);
    expect(await table.items()).toEqual([item("a")]);
  });

  test(`truncate (${handler}): the answer is not taken for a whole one`, async () => {
    await table.load(["a", "b", "c"].map(item));
    await start({ rules: [{ fault: { kind: "truncate" }, nth: [1, 2] }] });
    through();
    const scan = () => client.send(new ScanCommand({ TableName: table.name }));
    expect(await error(scan())).toBeInstanceOf(Error);
    expect(await error(scan())).toBeInstanceOf(Error);
    expect((await scan()).Count).toBe(3);
    expect(proxy.stats.faults).toEqual({ truncate: 2 });
  });
}

test("delay: the request takes that much longer, and may fail besides", async () => {
  await start({
    rules: [
      { fault: { kind: "delay", ms: 200 }, always: true, times: 1 },
      { fault: { kind: "throttle" }, nth: 1 },
    ],
  });
  const begin = performance.now();
  expect((await error(get("a")))?.name).toBe("ProvisionedThroughputExceededException");
  expect(performance.now() - begin).toBeGreaterThan(190);
  await get("a");
  expect(proxy.stats.faults).toEqual({ delay: 1, throttle: 1 });
});

test("unprocessed: a share of a batch write comes back, the rest is written", async () => {
  await start({ rules: [{ fault: { kind: "unprocessed", share: 0.4 }, always: true }] });
  const ids = [..."abcdefghij"];
  const write = new BatchWriteItemCommand({
    RequestItems: { [table.name]: ids.map((id) => ({ PutRequest: { Item: item(id) } })) },
  });
  const left = (await client.send(write)).UnprocessedItems?.[table.name]?.map(
    (one) => one.PutRequest?.Item?.id?.S,
  );
  const written = (await table.items()).map((one) => one.id?.S);
  expect(left?.length).toBe(4);
  expect([...written, ...left!].sort()).toEqual(ids);
});

test("unprocessed: a share of a batch get comes back with its options, all of it with share 1", async () => {
  const ids = [..."abcdefghij"];
  await table.load(ids.map(item));
  await start({
    rules: [
      { fault: { kind: "unprocessed", share: 1 }, nth: 2 },
      { fault: { kind: "unprocessed", share: 0.5 }, always: true },
    ],
  });
  const Keys = ids.map((id) => ({ id: { S: id } }));
  const read = () =>
    client.send(new BatchGetItemCommand({ RequestItems: { [table.name]: { Keys, ConsistentRead: true } } }));
  const half = await read();
  const left = half.UnprocessedKeys?.[table.name];
  expect(left?.Keys?.length).toBe(5);
  expect(left?.ConsistentRead).toBe(true);
  const got = half.Responses?.[table.name]?.map((one) => one.id?.S) ?? [];
  expect([...got, ...left!.Keys!.map((key) => key.id?.S)].sort()).toEqual(ids);

  const none = await read();
  expect(none.Responses).toEqual({});
  expect(none.UnprocessedKeys?.[table.name]?.Keys).toEqual(Keys);
});

async function throttledCalls(seed: number, concurrently: boolean): Promise<number[]> {
  await start({
    seed,
    log: true,
    rules: [{ fault: { kind: "throttle" }, rate: 0.3, operations: ["GetItem"] }],
  });
  const calls = Array.from({ length: 60 }, () => () => error(get("a")));
  if (concurrently) await Promise.all(calls.map((call) => call()));
  else for (const call of calls) await call();
  await proxy.stop();
  return proxy.stats.log.filter((entry) => entry.faults.length > 0).map((entry) => entry.number);
}

test("the same seed faults the same calls, another seed others, at the rate asked for", async () => {
  const first = await throttledCalls(7, false);
  expect(await throttledCalls(7, true)).toEqual(first);
  expect(await throttledCalls(8, false)).not.toEqual(first);
  expect(first.length).toBeGreaterThan(8);
  expect(first.length).toBeLessThan(30);
});

test("rules can be replaced, and `times` bounds them", async () => {
  await start({ rules: [{ fault: { kind: "throttle" }, always: true, times: 2 }] });
  expect([await error(get("a")), await error(get("a"))].map((failure) => failure?.name)).toEqual([
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceededException",
  ]);
  await get("a");
  proxy.setRules([{ fault: { kind: "access-denied" }, nth: 4 }]);
  expect((await error(get("a")))?.name).toBe("AccessDeniedException");
  await get("a");
});

test("the SDK's own retries get over faults", async () => {
  await start({
    seed: 3,
    rules: [
      { fault: { kind: "reset-before" }, nth: 1 },
      { fault: { kind: "truncate" }, nth: 2 },
      { fault: { kind: "server-error" }, nth: 3 },
    ],
  });
  client = dynamoDbClient({ endpoint: proxy.url, maxAttempts: 5 });
  await put("a");
  expect(proxy.stats.calls).toEqual({ PutItem: 4 });
  expect(await table.items()).toEqual([item("a")]);
});

test("hooks run at their moment: before the server sees a request, and after it did", async () => {
  const seen: unknown[] = [];
  await start({
    onRequest: async (operation, body, call) => {
      seen.push(["request", operation, JSON.parse(body!).Key.id.S, call, (await table.items()).length]);
      await table.put(item("from the hook"));
    },
    onResponse: (operation, status, body) => seen.push(["response", operation, status, body]),
  });
  expect((await get("from the hook")).Item).toEqual(item("from the hook"));
  expect(seen).toEqual([
    ["request", "GetItem", "from the hook", 1, 0],
    ["response", "GetItem", 200, JSON.stringify({ Item: item("from the hook") })],
  ]);
});
