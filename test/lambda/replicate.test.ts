import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import pLimit from "p-limit";
import { dynamoDbClient, dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import {
  type FaultProxy,
  type FaultProxyOptions,
  type FaultRule,
  startFaultProxy,
} from "../helpers/fault-proxy.ts";
import { seededNumbers } from "../helpers/fault-rules.ts";
import { createTable, ID_KEY, type KeySchema, type TestTable, withTables } from "../helpers/table.ts";
import { readItems } from "../helpers/table-items.ts";
import { comparable } from "../incremental/folding.ts";
import { type Change, drawnChanges, eventOf, keyOf, put, recordOf, remove, type Wire } from "./events.ts";
import {
  contextWith,
  deliver,
  failureOf,
  MINUTE,
  placesIn,
  replicateTo,
  STANDSTILL_MS,
} from "./functions.ts";
import { createIndexedTable, expected, heldBy, REFUSED, sorted } from "./replica-table.ts";

const TWO_ATTRIBUTES: KeySchema = { hash: { name: "zone", type: "N" }, range: { name: "at", type: "B" } };

let table: TestTable;
beforeAll(async () => {
  table = await createTable();
}, MINUTE);
afterAll(() => table.drop());

const random = (seed: number) => seededNumbers(seed, 0, { operation: "changes", number: 1 });

/** Changes of records that no other test has. */
function ownChanges(test: string, count: number, keys: number, seed = 1): Change[] {
  return drawnChanges(count, keys, random(seed)).map((change) => {
    const id = { S: `${test}-${(change.key.id as { S: string }).S}` };
    return { ...change, key: { id }, image: change.image && { ...change.image, id } };
  });
}

/** What the table holds of a test's records. */
async function heldOf(test: string): Promise<[string, Wire][]> {
  return sorted(await heldBy(table)).filter(([key]) => key.startsWith(`{"id":{"S":"${test}-`));
}

/** Runs `body` with a proxy before DynamoDB; `writes` are the keys' ids of each batch of writes, in order of arrival. */
async function withProxy(
  options: Partial<FaultProxyOptions>,
  body: (proxy: FaultProxy, writes: string[][]) => Promise<void>,
): Promise<void> {
  const writes: string[][] = [];
  const proxy = await startFaultProxy({
    target: dynamoDbEndpoint(),
    ...options,
    async onRequest(operation, text, call) {
      if (operation === "BatchWriteItem") writes.push(idsIn(text!));
      await options.onRequest?.(operation, text, call);
    },
  });
  try {
    await body(proxy, writes);
  } finally {
    await proxy.stop();
  }
}

function idsIn(body: string): string[] {
  type Request = { PutRequest?: { Item: Wire }; DeleteRequest?: { Key: Wire } };
  const { RequestItems } = JSON.parse(body) as { RequestItems: Record<string, Request[]> };
  return Object.values(RequestItems)
    .flat()
    .map(({ PutRequest, DeleteRequest }) => String((PutRequest?.Item ?? DeleteRequest?.Key)?.id?.S));
}

describe("a batch that goes well", () => {
  test("leaves the last image of each key, and writes no other", async () => {
    const changes = ownChanges("last", 300, 40);
    await withProxy({}, async ({ url }, writes) => {
      expect(await deliver(replicateTo(table.name, { endpoint: url }), changes)).toEqual([]);
      const ids = changes.map(({ key }) => String(key.id!.S));
      expect(writes.flat().sort()).toEqual([...new Set(ids)].sort());
    });
    expect(await heldOf("last")).toEqual(expected(changes));
  });

  test("may be in any order, and hold a record twice", async () => {
    const changes = ownChanges("order", 60, 9);
    const mixed = [...changes.slice(20).reverse(), ...changes];
    expect(await deliver(replicateTo(table.name), mixed)).toEqual([]);
    expect(await heldOf("order")).toEqual(expected(changes));
  });

  test("may be empty", async () => {
    expect(await deliver(replicateTo(table.name), [])).toEqual([]);
  });

  // In tables of their own: all others are read whole again and again.
  test(
    "of 10,000 records",
    () =>
      withTables([ID_KEY], async (large) => {
        const changes = ownChanges("many", 10_000, 4_000);
        expect(await deliver(replicateTo(large.name), changes)).toEqual([]);
        expect(sorted(await heldBy(large))).toEqual(expected(changes));
      }),
    MINUTE,
  );

  test(
    "of 6 MB",
    () =>
      withTables([ID_KEY], async (large) => {
        const text = { text: { S: "é".repeat(190_000) } };
        const bytes = { bytes: { B: Buffer.alloc(280_000, 7).toString("base64") } };
        const changes = Array.from({ length: 21 }, (_, n) =>
          put(`large-${n}`, n, n % 2 === 0 ? text : bytes),
        );
        expect(JSON.stringify(eventOf(changes)).length).toBeWithin(5_700_000, 6_291_456);
        expect(await deliver(replicateTo(large.name), changes)).toEqual([]);
        expect(sorted(await heldBy(large))).toEqual(expected(changes));
      }),
    MINUTE,
  );

  test("of items of all types, which arrive as they are", async () => {
    const digits = "12345678901234567890123456789012345678";
    const more: Wire = {
      text: { S: 'é\u0000\u2028"\\😀' },
      empty: { S: "" },
      none: { B: "" },
      number: { N: `-0.${digits}` },
      yes: { BOOL: true },
      nothing: { NULL: true },
      strings: { SS: ["a", "b", ""] },
      numbers: { NS: [digits, "0.1"] },
      binaries: { BS: ["AQ==", "", "AgM="] },
      list: { L: [{ M: { deep: { L: [{ L: [] }, { M: {} }, { B: "/w==" }, { BS: ["AA=="] }] } } }] },
    };
    await deliver(replicateTo(table.name), [put("types-1", 1, more)]);
    const [[, held] = []] = await heldOf("types");
    expect(comparable(held)).toBe(comparable({ ...keyOf("types-1"), v: { N: "1" }, ...more }));
  });

  test("of a table whose key has two attributes, in whatever order they come", async () => {
    await withTables([TWO_ATTRIBUTES], async (two) => {
      const zone = { N: "12345678901234567890123456789012345678" };
      const one: Wire = { zone, at: { B: "AQ==" } };
      const same: Wire = { at: { B: "AQ==" }, zone };
      const other: Wire = { at: { B: "AgM=" }, zone };
      const changes = [
        { key: one, image: { ...one, v: { N: "1" } }, n: 1 },
        { key: other, image: { ...other, v: { N: "2" } }, n: 2 },
        { key: same, image: { ...same, v: { N: "3" } }, n: 3 },
        { key: other, image: undefined, n: 4 },
      ];
      expect(await deliver(replicateTo(two.name), changes)).toEqual([]);
      expect([...(await heldBy(two, "zone", "at")).values()]).toEqual([{ ...one, v: { N: "3" } }]);
    });
  });

  test("deletes what time to live has deleted", async () => {
    const changes = [put("ttl-1", 1), remove("ttl-1", 2), put("ttl-2", 3)];
    const Records = changes.map((change) => ({
      ...recordOf(change),
      ...(change.image === undefined && {
        userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
      }),
    }));
    const answer = await replicateTo(table.name)({ Records }, contextWith());
    expect(placesIn(answer)).toEqual([]);
    expect(await heldOf("ttl")).toEqual(expected(changes));
  });
});

describe("a batch that comes again", () => {
  test("in part or whole, and in any order, writes nothing over what this process has written", async () => {
    const changes = ownChanges("again", 120, 11);
    await withProxy({}, async ({ url }, writes) => {
      const handler = replicateTo(table.name, { endpoint: url });
      await deliver(handler, changes);
      const before = writes.length;
      const draw = random(5);
      for (let delivery = 0; delivery < 12; delivery++) {
        const start = Math.floor(draw() * changes.length);
        const end = start + 1 + Math.floor(draw() * (changes.length - start));
        expect(await deliver(handler, changes.slice(start, end))).toEqual([]);
      }
      expect(writes.length).toBe(before);
    });
    expect(await heldOf("again")).toEqual(expected(changes));
  });

  test("ends the same in a process that knows nothing of it", async () => {
    const changes = ownChanges("anew", 120, 11);
    await deliver(replicateTo(table.name), changes);
    for (const from of [0, 37, 119]) {
      // Bisected: the halves come one after the other.
      const half = Math.ceil((from + changes.length) / 2);
      await deliver(replicateTo(table.name), changes.slice(from, half));
      await deliver(replicateTo(table.name), changes.slice(half));
      expect(await heldOf("anew")).toEqual(expected(changes));
    }
  });

  test("from a table that was made anew is another table's", async () => {
    const handler = replicateTo(table.name);
    await deliver(handler, [put("new-1", 500)]);
    const arn = "arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-11-22T00:00:00.000";
    await handler(eventOf([put("new-1", 1)], arn), contextWith());
    expect(await heldOf("new")).toEqual(expected([put("new-1", 1)]));
  });
});

describe("a record that cannot be done", () => {
  test("because it makes no sense is handed back alone", async () => {
    const changes = ownChanges("poison", 30, 4);
    const poisons = [
      { ...recordOf(put("poison-x", 40)), eventName: "UPSERT" },
      {
        ...recordOf(put("poison-y", 41)),
        dynamodb: { ...(recordOf(put("poison-y", 41)).dynamodb as object), Keys: { id: "plain" } },
      },
      recordOf({ ...put("poison-z", 42), image: { id: { S: "poison-other" } } }),
    ];
    const { Records } = eventOf(changes);
    Records.splice(10, 0, ...poisons);
    const answer = await replicateTo(table.name)({ Records }, contextWith());
    expect(placesIn(answer)).toEqual([40, 41, 42]);
    expect(await heldOf("poison")).toEqual(expected(changes));
  });

  test("because its key is not the replica's is handed back alone", async () => {
    const changes = ownChanges("schema", 120, 60);
    const wrong = [
      { key: { id: { N: "5" } }, image: { id: { N: "5" } }, n: 200 },
      { key: { other: { S: "a" } }, image: undefined, n: 201 },
    ];
    const mixed = [...changes.slice(0, 70), ...wrong, ...changes.slice(70)];
    expect(await deliver(replicateTo(table.name), mixed)).toEqual([200, 201]);
    expect(await heldOf("schema")).toEqual(expected(changes));
  });

  test("because the replica refuses its image leaves the image before it", async () => {
    const name = await createIndexedTable();
    const client = dynamoDbClient();
    try {
      const fine = [put("a", 1), put("a", 2), put("b", 3), put("c", 6, { city: { S: "Ulm" } }), put("d", 8)];
      const refused = [
        put("a", 4, REFUSED),
        put("a", 5, REFUSED),
        put("b", 7, REFUSED),
        put("e", 10, REFUSED),
      ];
      const changes = [...fine, ...refused, put("b", 9)].sort((a, b) => a.n - b.n);
      // Nothing refuses what comes between: a later image of the same key takes its place.
      expect(await deliver(replicateTo(name), changes)).toEqual([4, 5, 10]);
      const held = await heldBy({ items: () => readItems(client, name) });
      expect(sorted(held)).toEqual(expected([...fine, put("b", 9)]));
    } finally {
      await client.send(new DeleteTableCommand({ TableName: name }));
      client.destroy();
    }
  });
});

describe("what the replica does not take at once", () => {
  test("is written again, to the end", async () => {
    const changes = ownChanges("rest", 300, 110);
    const unprocessed = { fault: { kind: "unprocessed" as const, share: 0.6 }, rate: 0.8, times: 40 };
    await withProxy({ rules: [unprocessed] }, async ({ url, stats }, writes) => {
      expect(await deliver(replicateTo(table.name, { endpoint: url }), changes)).toEqual([]);
      expect(stats.faults.unprocessed).toBeGreaterThan(3);
      expect(writes.length).toBeGreaterThan(8);
    });
    expect(await heldOf("rest")).toEqual(expected(changes));
  });

  test("is handed back when the time is up, each record of its keys", async () => {
    const changes = ownChanges("late", 200, 60);
    const rules: FaultRule[] = [
      { fault: { kind: "unprocessed", share: 0.5 }, nth: 1 },
      { fault: { kind: "unprocessed", share: 1 }, always: true },
    ];
    await withProxy({ rules }, async ({ url }) => {
      const again = await deliver(replicateTo(table.name, { endpoint: url }), changes, 900);
      expect(again.length).toBeWithin(100, 201);
      expect(again).toEqual(again.toSorted((a, b) => a - b));
      const ids = new Set(again.map((n) => JSON.stringify(changes[n]!.key)));
      const open = changes.filter(({ key }) => ids.has(JSON.stringify(key)));
      expect(again).toEqual(open.map(({ n }) => n));
      const done = changes.filter(({ key }) => !ids.has(JSON.stringify(key)));
      const held = (await heldOf("late")).filter(([key]) => !ids.has(key));
      expect(held).toEqual(expected(done));
    });
  });

  test("for good, whatever the failure, is handed back before the time-out", async () => {
    const kinds = ["throttle", "server-error", "reset-before", "reset-after"] as const;
    await pLimit(kinds.length).map(kinds, async (kind) => {
      const changes = ownChanges(`never-${kind}`, 40, 12);
      await withProxy({ rules: [{ fault: { kind }, always: true }] }, async ({ url }) => {
        const context = contextWith(2_500);
        const answer = await replicateTo(table.name, { endpoint: url })(eventOf(changes), context);
        expect(placesIn(answer)).toEqual(changes.map(({ n }) => n));
        expect(context.getRemainingTimeInMillis()).toBeGreaterThan(-STANDSTILL_MS);
      });
    });
  });
});

describe("a replica that stalls", () => {
  test("is not waited for beyond the deadline, and what is done stays done", async () => {
    const changes = Array.from({ length: 80 }, (_, n) => put(`stall-${n}`, n));
    const stopped = Promise.withResolvers<void>();
    // The second batch of writes: the records 25 to 49.
    const onRequest = (_operation: string, _body: unknown, call: number) =>
      call === 2 ? stopped.promise : undefined;
    await withProxy({ onRequest }, async ({ url }, writes) => {
      const context = contextWith(5_000);
      const answer = await replicateTo(table.name, { endpoint: url })(eventOf(changes), context);
      const open = writes[1]!.map((id) => Number(id.split("-")[1])).sort((a, b) => a - b);
      expect(placesIn(answer)).toEqual(open);
      expect(context.getRemainingTimeInMillis()).toBeGreaterThan(-STANDSTILL_MS);
      const rest = changes.filter(({ n }) => !open.includes(n));
      expect(await heldOf("stall")).toEqual(expected(rest));
      stopped.resolve();
    });
  });

  test("does not take an older image after a newer one when it goes on", async () => {
    const goesOn = Promise.withResolvers<void>();
    const onRequest = (_operation: string, _body: unknown, call: number) =>
      call === 1 ? goesOn.promise : undefined;
    await withProxy({ onRequest }, async ({ url }) => {
      const handler = replicateTo(table.name, { endpoint: url });
      expect(await deliver(handler, [put("stale-1", 1)], 2_500)).toEqual([1]);
      // Too soon once more: it still is not known what becomes of the first.
      expect(await deliver(handler, [put("stale-1", 2)], 2_500)).toEqual([2]);
      const next = deliver(handler, [put("stale-1", 3)]);
      await Bun.sleep(200);
      goesOn.resolve();
      expect(await next).toEqual([]);
    });
    expect(await heldOf("stale")).toEqual(expected([put("stale-1", 3)]));
  });
});

describe("what concerns the whole batch fails it", () => {
  test("no such table", async () => {
    const line = await failureOf(deliver(replicateTo("no-such-table"), [put("a", 1)]));
    expect(line).toBe(
      `${dynamoDbEndpoint()}/no-such-table: no such table - check the name, the region and the account`,
    );
  });

  test("no permission, though some is done", async () => {
    const changes = Array.from({ length: 60 }, (_, n) => put(`denied-${n}`, n));
    await withProxy({ rules: [{ fault: { kind: "access-denied" }, nth: 2 }] }, async ({ url }) => {
      const handler = replicateTo(table.name, { endpoint: url });
      const line = await failureOf(deliver(handler, changes));
      expect(line).toInclude("not allowed to BatchWriteItem");
      expect(line).toInclude("grant dynamodb:BatchWriteItem");
      expect(await deliver(handler, changes)).toEqual([]);
    });
    expect(await heldOf("denied")).toEqual(expected(changes));
  });

  test.each<[string, unknown, string]>([
    ["an event of something else", { source: "aws.events" }, "no Records"],
    ["no event", null, "no Records"],
    ["Records that are none", { Records: "five" }, "no Records"],
    [
      "records of a queue",
      { Records: [{ messageId: "1", body: "{}" }] },
      "connect the function to a table's stream",
    ],
    [
      "a stream of keys",
      {
        Records: [
          {
            ...recordOf(put("a", 1)),
            dynamodb: { SequenceNumber: "1", Keys: keyOf("a"), StreamViewType: "KEYS_ONLY" },
          },
        ],
      },
      "its view is KEYS_ONLY",
    ],
  ])("%s", async (_what, event, says) => {
    expect(await failureOf(replicateTo(table.name)(event, contextWith()))).toInclude(says);
  });
});

describe("handed over between two functions", () => {
  test("each record is done by exactly one of them", async () => {
    const at = Date.UTC(2026, 10, 21);
    const times: unknown[] = [at / 1000 - 1, at / 1000 - 0.001, at / 1000, at / 1000 + 0.001, at / 1000 + 60];
    times.push(at - 1, at, `${at / 1000 - 5}`, new Date(at).toISOString(), new Date(at - 1).toISOString());
    const changes = times.map((time, n) => ({ ...put(`turn-${n}`, n), at: time }));
    const after = [2, 3, 4, 6, 8];
    const of = (role: string) =>
      replicateTo(table.name, { env: { TurnoverRole: role, TurnoverAt: `${at}` } });
    await withProxy({}, async ({ url }, writes) => {
      for (const role of ["BEFORE", "AFTER"]) {
        const env = { TurnoverRole: role, TurnoverAt: `${at}` };
        expect(await deliver(replicateTo(table.name, { endpoint: url, env }), changes)).toEqual([]);
      }
      const wrote = writes.map((ids) => ids.map((id) => Number(id.split("-")[1])).sort((a, b) => a - b));
      const before = changes.map(({ n }) => n).filter((n) => !after.includes(n));
      expect(wrote).toEqual([before, after]);
    });
    // One whose time isn't told is done by both.
    const untold = [{ ...put("untold-1", 50), at: undefined }];
    for (const role of ["BEFORE", "AFTER"]) {
      await deliver(of(role), untold);
      expect((await heldOf("untold")).length).toBe(1);
      await table.delete({ id: { S: "untold-1" } });
    }
  });
});
