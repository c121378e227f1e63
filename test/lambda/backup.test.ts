import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { openHistory } from "../../src/core/history/record-history.ts";
import { openS3Store } from "../../src/core/store/s3/s3-store.ts";
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from "../helpers/fault-proxy.ts";
import { seededNumbers } from "../helpers/fault-rules.ts";
import { createBucket, s3Credentials, s3Endpoint, type TestBucket } from "../helpers/s3.ts";
import { nameOf, objectsIn, type Stored, versionsIn } from "./bucket-records.ts";
import {
  type Change,
  drawnChanges,
  endOf,
  eventOf,
  keyOf,
  placeOf,
  put,
  recordOf,
  remove,
  sequenceOf,
  timeOf,
  type Wire,
} from "./events.ts";
import { backupTo, contextWith, deliver, failureOf, MINUTE, placesIn, STANDSTILL_MS } from "./functions.ts";
import { type PassingRequest, type S3Front, startS3Front } from "./s3-front.ts";

let bucket: TestBucket;
beforeAll(async () => {
  bucket = await createBucket();
}, MINUTE);
afterAll(() => bucket.drop(), MINUTE);

const random = (seed: number) => seededNumbers(seed, 0, { operation: "changes", number: 1 });

/** A function whose folder is a test's own. */
function backup(folder: string, endpoint = s3Endpoint(), env: Record<string, string> = {}) {
  return backupTo(bucket.name, { endpoint, env: { BackupTable: folder, ...env } });
}

/** Of each key all changes in order, by the name of its object. */
function written(changes: readonly Change[]): Map<string, Stored[]> {
  const stored = new Map<string, Stored[]>();
  for (const change of changes) {
    const name = nameOf(change.key);
    const { eventName } = recordOf(change) as { eventName: string };
    const version = {
      sequence: sequenceOf(change.n),
      event: eventName,
      time: new Date(timeOf(change.n)).toISOString(),
      item: change.image,
    };
    stored.set(name, [...(stored.get(name) ?? []), version]);
  }
  return stored;
}

const byName = <Value>(entries: Iterable<[string, Value]>) =>
  [...entries].sort(([one], [other]) => (one < other ? -1 : 1));

/** Every image, in order, is a version, and what is there is what the stream has left. */
async function expectWritten(folder: string, changes: readonly Change[]): Promise<void> {
  expect(byName(await versionsIn(bucket, `backups/${folder}`))).toEqual(byName(written(changes)));
  await expectEnd(folder, changes);
}

async function expectEnd(folder: string, changes: readonly Change[]): Promise<void> {
  const end = [...endOf(changes)].map(([key, image]): [string, Wire] => [nameOf(JSON.parse(key)), image]);
  expect(byName(await objectsIn(bucket, `backups/${folder}`))).toEqual(byName(end));
}

/** Each version once, in the order in which the versions were stored first. */
function withoutRepetitions(versions: Map<string, Stored[]>): Map<string, Stored[]> {
  return new Map(
    [...versions].map(([name, stored]) => {
      return [
        name,
        stored.filter(({ sequence }, at) => stored.findIndex((one) => one.sequence === sequence) === at),
      ];
    }),
  );
}

async function withProxy(
  options: Partial<FaultProxyOptions>,
  body: (proxy: FaultProxy) => Promise<void>,
): Promise<void> {
  const proxy = await startFaultProxy({ target: s3Endpoint(), ...options });
  await body(proxy).finally(() => proxy.stop());
}

async function withFront(
  refused: (request: PassingRequest) => boolean | Promise<boolean>,
  body: (front: S3Front) => Promise<void>,
): Promise<void> {
  const front = await startS3Front(refused);
  await body(front).finally(() => front.stop());
}

describe("a batch that goes well", () => {
  test("leaves every image in order, with what is recorded of its event, and deletes what was deleted", async () => {
    const changes = drawnChanges(150, 20, random(1));
    expect(await deliver(backup("orders"), changes)).toEqual([]);
    await expectWritten("orders", changes);
  });

  test("may be in any order, and hold a record twice", async () => {
    const changes = drawnChanges(30, 5, random(2));
    expect(await deliver(backup("mixed"), [...changes.slice(9).reverse(), ...changes])).toEqual([]);
    await expectWritten("mixed", changes);
  });

  test("has the folder of the table that the stream is of", async () => {
    expect(await deliver(backupTo(bucket.name), [put("a", 1)])).toEqual([]);
    const plain = backupTo(bucket.name, { env: { BackupPrefix: "" } });
    const arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/other.table-2/stream/2026-11-20T00:48:05.899";
    await plain(eventOf([put("b", 2)], arn), contextWith());
    for (const [Key, n] of [
      [`backups/orders/${nameOf(keyOf("a"))}`, 1],
      [`other.table-2/${nameOf(keyOf("b"))}`, 2],
    ] as const) {
      const { Metadata } = await bucket.client.send(new HeadObjectCommand({ Bucket: bucket.name, Key }));
      expect(Metadata).toEqual({
        "ddbr-sequence": sequenceOf(n),
        "ddbr-event": "MODIFY",
        "ddbr-time": new Date(timeOf(n)).toISOString(),
      });
    }
  });

  test("records no time where none is told", async () => {
    await deliver(backup("untold"), [
      { ...put("a", 1), at: undefined },
      { ...remove("a", 2), at: "soon" },
    ]);
    const [[, stored] = []] = await versionsIn(bucket, "backups/untold");
    expect(stored!.map(({ time, event }) => [time, event])).toEqual([
      [undefined, "MODIFY"],
      [undefined, "REMOVE"],
    ]);
  });

  test("tells the history when a record was deleted", async () => {
    const changes = [put("a", 1), remove("a", 2), put("a", 3), remove("a", 4)];
    await deliver(backup("history"), changes);
    const location = { kind: "s3" as const, text: "", bucket: bucket.name, prefix: "backups/history" };
    const store = await openS3Store(location, { endpoint: s3Endpoint(), access: { keys: s3Credentials() } });
    const key = { id: { S: "a" } };
    const { versions, read } = await openHistory(store, key, [{ name: "id", type: "S" }]);
    const images = await Promise.all(versions.map((version) => read(version)));
    store.close();
    expect(versions.map(({ deleted }) => deleted)).toEqual([true, false, true, false]);
    expect(images.map(({ recorded, item }) => [recorded.at, recorded.sequence, item !== undefined])).toEqual([
      [timeOf(4), sequenceOf(4), false],
      [timeOf(3), sequenceOf(3), true],
      [timeOf(2), sequenceOf(2), false],
      [timeOf(1), sequenceOf(1), true],
    ]);
  });

  test(
    "of 6 MB",
    async () => {
      const text = "é".repeat(190_000);
      const changes = Array.from({ length: 15 }, (_, n) => put(`large-${n % 12}`, n, { text: { S: text } }));
      expect(Buffer.byteLength(JSON.stringify(eventOf(changes)))).toBeWithin(5_500_000, 6_291_456);
      expect(await deliver(backup("large"), changes)).toEqual([]);
      await expectWritten("large", changes);
    },
    MINUTE,
  );

  test(
    "of 10,000 records, some at the same time",
    async () => {
      const draw = random(3);
      const changes = Array.from({ length: 10_000 }, (_, n) => put(`key-${Math.floor(draw() * 700)}`, n));
      const server = await startRecorder();
      try {
        expect(await deliver(backup("many", server.url), changes)).toEqual([]);
        const expected = written(changes);
        const came = [...expected.keys()].map((name): [string, unknown] => [
          name,
          server.sequences.get(name),
        ]);
        expect(byName(came)).toEqual(
          byName([...expected].map(([name, stored]) => [name, stored.map(({ sequence }) => sequence)])),
        );
        expect(server.most()).toBeWithin(2, 65);
      } finally {
        server.stop();
      }
    },
    MINUTE,
  );
});

describe("a batch that comes again", () => {
  test("in part or whole, and in any order, writes nothing that this process has written", async () => {
    const changes = drawnChanges(60, 6, random(4));
    await withFront(
      () => false,
      async ({ url, requests }) => {
        const handler = backup("again", url);
        await deliver(handler, changes);
        const before = requests.length;
        const draw = random(5);
        for (let delivery = 0; delivery < 12; delivery++) {
          const start = Math.floor(draw() * changes.length);
          const end = start + 1 + Math.floor(draw() * (changes.length - start));
          expect(await deliver(handler, changes.slice(start, end))).toEqual([]);
        }
        expect(requests.length).toBe(before);
      },
    );
    await expectWritten("again", changes);
  });

  test("ends the same in a process that knows nothing of it, and its history can be told", async () => {
    const changes = drawnChanges(50, 6, random(6));
    await deliver(backup("anew"), changes);
    for (const from of [0, 21, 49]) {
      const half = Math.ceil((from + changes.length) / 2);
      await deliver(backup("anew"), changes.slice(from, half));
      await deliver(backup("anew"), changes.slice(half));
      await expectEnd("anew", changes);
    }
    const versions = withoutRepetitions(await versionsIn(bucket, "backups/anew"));
    expect(byName(versions)).toEqual(byName(written(changes)));
  });
});

describe("a record that cannot be done", () => {
  test("because it makes no sense is handed back alone", async () => {
    const changes = drawnChanges(30, 4, random(7));
    const { Records } = eventOf(changes);
    Records.splice(10, 0, recordOf({ ...put("key-1", 40), image: { id: { S: "key-2" } } }));
    const answer = await backup("poison")({ Records }, contextWith());
    expect(placesIn(answer)).toEqual([40]);
    await expectWritten("poison", changes);
  });

  test("because the bucket refuses it is handed back with the later ones of its key", async () => {
    const changes = drawnChanges(80, 6, random(8));
    const refused = changes.filter(({ n, image }) => n > 20 && image !== undefined).slice(0, 2);
    const places = refused.map(({ n }) => n);
    const isRefused = ({ sequence }: PassingRequest) =>
      sequence !== undefined && places.includes(placeOf(sequence));
    const held = changes.filter(({ key, n }) =>
      refused.some((one) => JSON.stringify(one.key) === JSON.stringify(key) && n >= one.n),
    );
    await withFront(isRefused, async ({ url }) => {
      expect(await deliver(backup("refused", url), changes)).toEqual(held.map(({ n }) => n));
    });
    await expectWritten(
      "refused",
      changes.filter((change) => !held.includes(change)),
    );
    // Once it is allowed, all is there that was held back.
    expect(await deliver(backup("refused"), changes.slice(held[0]!.n))).toEqual([]);
    const versions = withoutRepetitions(await versionsIn(bucket, "backups/refused"));
    expect(byName(versions)).toEqual(byName(written(changes)));
    await expectEnd("refused", changes);
  });
});

describe("a bucket that fails", () => {
  test("in passing is asked again", async () => {
    const changes = drawnChanges(60, 12, random(9));
    const rules: FaultProxyOptions["rules"] = [
      { fault: { kind: "throttle" }, operations: ["PUT", "DELETE"], rate: 0.1 },
      { fault: { kind: "server-error" }, operations: ["PUT", "DELETE"], rate: 0.1 },
      { fault: { kind: "reset-after" }, operations: ["PUT"], rate: 0.1 },
    ];
    await withProxy({ rules, seed: 4 }, async ({ url, stats }) => {
      expect(await deliver(backup("passing", url), changes)).toEqual([]);
      expect(Object.keys(stats.faults).length).toBe(3);
    });
    const versions = withoutRepetitions(await versionsIn(bucket, "backups/passing"));
    expect(byName(versions)).toEqual(byName(written(changes)));
    await expectEnd("passing", changes);
  });

  test("for good is left before the time-out, with what could not be done", async () => {
    const changes = drawnChanges(40, 8, random(10));
    const rules: FaultProxyOptions["rules"] = [
      { fault: { kind: "server-error" }, operations: ["PUT"], always: true },
    ];
    await withProxy({ rules }, async ({ url }) => {
      const context = contextWith(2_500);
      const answer = await backup("never", url)(eventOf(changes), context);
      expect(placesIn(answer)).toEqual(changes.map(({ n }) => n));
      expect(context.getRemainingTimeInMillis()).toBeGreaterThan(-STANDSTILL_MS);
    });
    await expectWritten("never", []);
  });

  test("by stalling at one record is left before the time-out, with that key's records", async () => {
    const changes = drawnChanges(60, 8, random(11));
    const stalled = changes.find(({ n, image }) => n > 20 && image !== undefined)!;
    const forever = Promise.withResolvers<boolean>();
    const refused = ({ sequence }: PassingRequest) =>
      sequence === sequenceOf(stalled.n) ? forever.promise : false;
    const held = changes.filter(
      ({ key, n }) => n >= stalled.n && JSON.stringify(key) === JSON.stringify(stalled.key),
    );
    await withFront(refused, async ({ url }) => {
      const context = contextWith(8_000);
      const answer = await backup("stall", url)(eventOf(changes), context);
      expect(placesIn(answer)).toEqual(held.map(({ n }) => n));
      expect(context.getRemainingTimeInMillis()).toBeGreaterThan(-STANDSTILL_MS);
      forever.resolve(true);
    });
    await expectWritten(
      "stall",
      changes.filter((change) => !held.includes(change)),
    );
  });

  test("by stalling does not take an older image after a newer one when it goes on", async () => {
    const goesOn = Promise.withResolvers<boolean>();
    const refused = ({ sequence }: PassingRequest) => (sequence === sequenceOf(1) ? goesOn.promise : false);
    await withFront(refused, async ({ url }) => {
      const handler = backup("stale", url);
      expect(await deliver(handler, [put("a", 1)], 2_500)).toEqual([1]);
      // Too soon once more: it still is not known what becomes of the first. Another record needn't wait.
      expect(await deliver(handler, [put("a", 2), put("b", 3)], 2_500)).toEqual([2]);
      const next = deliver(handler, [put("a", 2), remove("a", 4)]);
      await Bun.sleep(200);
      goesOn.resolve(false);
      expect(await next).toEqual([]);
    });
    await expectWritten("stale", [put("a", 1), put("a", 2), put("b", 3), remove("a", 4)]);
  });

  test("to answer at all fails the batch before the time-out, and the next one may go well", async () => {
    const answers = Promise.withResolvers<boolean>();
    await withFront(
      () => answers.promise,
      async ({ url }) => {
        const handler = backup("silent", url);
        const context = contextWith(700);
        const line = await failureOf(handler(eventOf([put("a", 1)]), context));
        expect(line).toInclude("does not answer before the function's time-out");
        expect(context.getRemainingTimeInMillis()).toBeGreaterThan(-STANDSTILL_MS);
        answers.resolve(false);
        expect(await deliver(handler, [put("a", 1)])).toEqual([]);
      },
    );
    await expectWritten("silent", [put("a", 1)]);
  });
});

describe("what concerns the whole batch fails it", () => {
  test("no such bucket", async () => {
    const handler = backupTo("no-such-bucket-of-ddbr");
    const line = await failureOf(deliver(handler, [put("a", 1)]));
    expect(line).toBe(
      "s3://no-such-bucket-of-ddbr/backups: no such bucket: no-such-bucket-of-ddbr - check the name, the account and the endpoint",
    );
  });

  test("no permission, and once it is granted all goes well", async () => {
    const changes = drawnChanges(40, 8, random(12));
    const rules: FaultProxyOptions["rules"] = [
      { fault: { kind: "access-denied" }, operations: ["PUT"], nth: [5, 6, 7] },
    ];
    await withProxy({ rules }, async ({ url }) => {
      const handler = backup("denied", url);
      const line = await failureOf(deliver(handler, changes));
      expect(line).toInclude("not allowed to PutObject");
      expect(line).toInclude(`grant s3:PutObject on arn:aws:s3:::${bucket.name}/backups/*`);
      expect(await deliver(handler, changes)).toEqual([]);
    });
    // What was written before the failure is not written again.
    await expectWritten("denied", changes);
  });

  test("wrong credentials", async () => {
    const handler = backup("credentials", s3Endpoint(), { BackupSecretAccessKey: "wrong" });
    const line = await failureOf(deliver(handler, [put("a", 1)]));
    expect(line).toInclude("SignatureDoesNotMatch");
  });

  test("no table's name", async () => {
    const { Records } = eventOf([put("a", 1)], "");
    const line = await failureOf(backupTo(bucket.name)({ Records }, contextWith()));
    expect(line).toBe("the event does not say which table it comes from - set BackupTable");
  });

  test("a stream without new images", async () => {
    const { Records } = eventOf([put("a", 1)]);
    const [record] = Records;
    const { NewImage: _, ...dynamodb } = record!.dynamodb as Wire;
    const event = { Records: [{ ...record, dynamodb: { ...dynamodb, StreamViewType: "OLD_IMAGE" } }] };
    expect(await failureOf(backup("view")(event, contextWith()))).toInclude("its view is OLD_IMAGE");
  });
});

test("handed over between two functions, each record is done by exactly one of them", async () => {
  const changes = drawnChanges(40, 6, random(13));
  const TurnoverAt = `${timeOf(20)}`;
  const [before, after] = ["BEFORE", "AFTER"].map((TurnoverRole) =>
    backup("turnover", s3Endpoint(), { TurnoverRole, TurnoverAt }),
  );
  expect(await deliver(before!, changes)).toEqual([]);
  await expectWritten("turnover", changes.slice(0, 20));
  expect(await deliver(after!, changes)).toEqual([]);
  await expectWritten("turnover", changes);
});

/** A server that takes every object, and notes the sequence numbers for each as they come. */
async function startRecorder() {
  const sequences = new Map<string, string[]>();
  let underWay = 0;
  let most = 0;
  const list =
    '<?xml version="1.0"?><ListBucketResult><Name>b</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>';
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (request.method === "GET")
        return new Response(list, { headers: { "content-type": "application/xml" } });
      most = Math.max(most, ++underWay);
      await request.arrayBuffer();
      await Bun.sleep(1);
      const name = new URL(request.url).pathname.split("/").at(-1)!;
      const sequence = request.headers.get("x-amz-meta-ddbr-sequence")!;
      sequences.set(name, [...(sequences.get(name) ?? []), sequence]);
      underWay--;
      return new Response(null, { headers: { etag: '"e"', "x-amz-version-id": sequence } });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    sequences,
    most: () => most,
    stop: () => server.stop(true),
  };
}
