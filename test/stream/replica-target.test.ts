import { afterAll, beforeAll, expect, test } from "bun:test";
import { parseTableLocation } from "../../src/core/location.ts";
import { openReplicaTarget } from "../../src/core/stream/replica-target.ts";
import { readStreamRecord, type StreamRecord } from "../../src/core/stream/stream-record.ts";
import { openDynamo } from "../../src/core/table/dynamo.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { type FaultRule, startFaultProxy } from "../helpers/fault-proxy.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { type Change, placeOf, put, recordOf, sequenceOf } from "../lambda/events.ts";

const NEVER = new AbortController().signal;

let table: TestTable;
beforeAll(async () => {
  table = await createTable();
});
afterAll(() => table.drop());

function recordsOf(changes: Change[]): StreamRecord[] {
  return changes.map((change) => readStreamRecord(recordOf(change)) as StreamRecord);
}

/** Replays changes onto the table through a proxy, with little patience. */
async function replay(changes: Change[], rules: FaultRule[], patienceMs: number) {
  const proxy = await startFaultProxy({ target: dynamoDbEndpoint(), rules });
  const location = parseTableLocation(`${proxy.url}/${table.name}`);
  const dynamo = await openDynamo(location, { patienceMs });
  const target = openReplicaTarget({ dynamo, subject: "the replica", concurrency: 2, patienceMs });
  try {
    const written: StreamRecord[] = [];
    const replayed = await target.replay(recordsOf(changes), NEVER, (record) => written.push(record));
    const places = (records: StreamRecord[]) => records.map(({ sequence }) => placeOf(sequence)).sort();
    return {
      written: places(written),
      superseded: places(replayed.superseded),
      left: places(replayed.left),
      failed: replayed.failed.map(({ record, error }) => [
        placeOf(record.sequence),
        error.code,
        error.message,
      ]),
      hints: replayed.failed.map(({ error }) => error.hint),
    };
  } finally {
    target.close();
    await proxy.stop();
  }
}

const three = [put("a", 1), put("a", 2), put("b", 3)];

test("what is throttled beyond the patience has failed, with all records of its keys", async () => {
  const rules: FaultRule[] = [{ fault: { kind: "throttle" }, always: true }];
  const said = "throttled by DynamoDB at BatchWriteItem (ProvisionedThroughputExceededException)";
  expect(await replay(three, rules, 150)).toMatchObject({
    written: [],
    superseded: [],
    left: [],
    failed: [1, 2, 3].map((n) => [n, "throttled", said]),
  });
});

test("what is left undone beyond the patience has failed, and only that", async () => {
  const rules: FaultRule[] = [
    { fault: { kind: "unprocessed", share: 0.5 }, nth: 1 },
    { fault: { kind: "unprocessed", share: 1 }, always: true },
  ];
  const { written, superseded, failed, hints } = await replay(three, rules, 100);
  const places = failed.map(([n]) => n);
  expect([written, superseded, places]).toEqual(written[0] === 3 ? [[3], [], [1, 2]] : [[2], [1], [3]]);
  expect(failed[0]).toEqual([
    expect.any(Number),
    "throttled",
    expect.stringContaining("keeps leaving 1 items"),
  ]);
  // A function, and what follows a stream, have no options for rates.
  expect(hints[0]).toBe("raise the replica's write capacity, or try again later");
});

test("a write that is no longer waited for holds back only its own records, and is told when it has ended", async () => {
  const sent: string[] = [];
  const goesOn = Promise.withResolvers<void>();
  const target = openReplicaTarget({
    dynamo: {
      async batchWrite(requests) {
        const stuck = sent.length === 0;
        sent.push(JSON.stringify(requests));
        if (stuck) await goesOn.promise;
        return [];
      },
      close() {},
    },
    subject: "the replica",
    concurrency: 1,
    patienceMs: 1_000,
  });
  const stop = new AbortController();
  const stopped = target.replay(recordsOf([put("a", 1)]), stop.signal);
  while (sent.length === 0) await Bun.sleep(1);
  stop.abort();
  expect((await stopped).left.map(({ sequence }) => placeOf(sequence))).toEqual([1]);
  await target.replay(recordsOf([put("b", 2)]), NEVER);
  const newer = target.replay(recordsOf([put("a", 3)]), NEVER);
  let settled = false;
  const settling = target.settled().then(() => {
    settled = true;
  });
  await Bun.sleep(20);
  expect([sent.length, settled]).toEqual([2, false]);
  goesOn.resolve();
  await Promise.all([newer, settling]);
  expect(sent).toHaveLength(3);
  expect(sent[2]).toInclude('"v":{"N":"3"}');
});

test("a request that comes back in another spelling is sent again", async () => {
  const sent: string[][] = [];
  const target = openReplicaTarget({
    dynamo: {
      // As a server may answer that spells the key otherwise than it was sent.
      async batchWrite(requests) {
        sent.push(requests.map((request) => JSON.stringify(request)));
        return sent.length === 1 ? [{ PutRequest: { Item: { id: { S: "A" } } } }] : [];
      },
      close() {},
    },
    subject: "the replica",
    concurrency: 1,
    patienceMs: 1_000,
  });
  const written: StreamRecord[] = [];
  await target.replay(recordsOf([put("a", 1), put("b", 2)]), NEVER, (record) => written.push(record));
  expect(sent[1]).toEqual(sent[0]!);
  expect(written.map(({ sequence }) => sequence)).toEqual([sequenceOf(1), sequenceOf(2)]);
});
