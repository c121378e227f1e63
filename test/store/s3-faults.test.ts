import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import pLimit from "p-limit";
import { createDice } from "../../src/core/demo/dice.ts";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { type FaultRule, startFaultProxy } from "../helpers/fault-proxy.ts";
import { createBucket, s3Endpoint, type TestBucket } from "../helpers/s3.ts";
import { allOf, failureOf, keysUnder, streamed, textOf, versionsOf } from "./contract/subject.ts";
import { openAt } from "./s3-opened.ts";

let bucket: TestBucket;
let folders = 0;
beforeAll(async () => {
  bucket = await createBucket();
});
afterAll(() => bucket.drop());

const LONG_MS = 120_000;
const EVERYTHING: FaultRule[] = [
  { fault: { kind: "throttle" }, rate: 0.08 },
  { fault: { kind: "server-error" }, rate: 0.05 },
  { fault: { kind: "server-error", status: 503 }, rate: 0.03 },
  { fault: { kind: "reset-before" }, rate: 0.05 },
  { fault: { kind: "reset-after" }, rate: 0.05 },
  { fault: { kind: "truncate" }, rate: 0.05 },
  { fault: { kind: "delay", ms: 20 }, rate: 0.1 },
];

/** A store whose requests fail as the rules say once it is open. */
async function withFaults(
  rules: FaultRule[],
  use: (store: ObjectStore, heard: { answered: number; retried: number; throttled: number }) => Promise<void>,
  options: { patienceMs?: number } = {},
): Promise<void> {
  const proxy = await startFaultProxy({ target: s3Endpoint(), seed: 4 });
  const heard = { answered: 0, retried: 0, throttled: 0 };
  const store = await openAt(`s3://${bucket.name}/${++folders}`, { endpoint: proxy.url, ...options });
  store.observe({
    answered: () => heard.answered++,
    retried: ({ throttled }) => heard[throttled ? "throttled" : "retried"]++,
  });
  proxy.setRules(rules);
  try {
    await use(store, heard);
  } finally {
    store.close();
    await proxy.stop();
  }
}

test(
  "small objects survive every fault, with their history",
  () =>
    withFaults(EVERYTHING, async (store, heard) => {
      const dice = createDice(3);
      const expected = new Map<string, string | undefined>();
      await Promise.all(
        Array.from({ length: 80 }, async (_, index) => {
          const key = `a/${index}`;
          const write = { metadata: { n: `${index}` } };
          for (let version = 0; version <= index % 3; version++)
            await store.put(key, `${index}.${version}`, write);
          expected.set(key, `${index}.${index % 3}`);
          if (dice.pick([0, 1, 2]) > 0) return;
          const { versionId } = await store.delete(key, write);
          expected.set(key, undefined);
          expect(await store.metadata(key, versionId!)).toEqual({ n: `${index}` });
        }),
      );
      const limit = pLimit(32);
      await limit.map(expected, async ([key, text]) => expect(await textOf(store, key)).toBe(text));
      const present = [...expected.keys()].filter((key) => expected.get(key) !== undefined);
      expect(await keysUnder(store, "a")).toEqual(present.sort());
      // A write that was repeated is two versions alike; without those, the history is as it was made.
      await limit.map(expected, async ([key, text]) => {
        const texts: (string | undefined)[] = [];
        for (const { versionId } of await versionsOf(store, key)) {
          const version = await textOf(store, key, versionId);
          if (texts.length === 0 || texts.at(-1) !== version) texts.push(version);
        }
        const index = Number(key.split("/")[1]);
        const puts = Array.from({ length: (index % 3) + 1 }, (_, version) => `${index}.${version}`).reverse();
        expect(texts).toEqual(text === undefined ? [undefined, ...puts] : puts);
      });
      expect(heard.throttled).toBeGreaterThan(10);
      expect(heard.retried).toBeGreaterThan(10);
      expect(heard.answered).toBeGreaterThan(300);
    }),
  LONG_MS,
);

test(
  "large objects survive every fault, written and read",
  () =>
    withFaults(EVERYTHING, async (store) => {
      const body = createDice(9).bytes(30_000_001);
      for (let round = 0; round < 3; round++) {
        const upload = await store.upload(`large/${round}`);
        for (let at = 0; at < body.length; at += 3_333_333)
          await upload.write(body.subarray(at, at + 3_333_333));
        expect((await upload.complete()).size).toBe(body.length);
        const read = await streamed(store, `large/${round}`);
        expect(read?.size).toBe(body.length);
        expect(sha(read!.body)).toBe(sha(body));
      }
    }),
  LONG_MS,
);

test("an upload whose completion was answered to nobody is complete", () =>
  withFaults([], async (store) => {
    for (const kind of ["reset-after", "truncate"] as const) {
      const proxy = await startFaultProxy({
        target: s3Endpoint(),
        rules: [{ fault: { kind }, operations: ["POST"], nth: 2 }],
        log: true,
      });
      const own = await openAt(store.location.text, { endpoint: proxy.url });
      const upload = await own.upload(kind);
      await upload.write(createDice(1).bytes(9_000_000));
      const { versionId, size } = await upload.complete();
      expect(size).toBe(9_000_000);
      expect(proxy.stats.faults[kind]).toBe(1);
      expect((await versionsOf(store, kind)).map((version) => version.versionId)).toEqual([versionId]);
      own.close();
      await proxy.stop();
    }
  }));

test("what does not pass within the store's patience is told in one line", () =>
  withFaults(
    [{ fault: { kind: "throttle" }, always: true }],
    async (store, heard) => {
      const failure = await failureOf(() => store.put("a", "x"));
      expect(failure).toMatchObject({
        code: "throttled",
        message: "throttled by S3 at PutObject (SlowDown)",
      });
      expect(heard.throttled).toBeGreaterThan(2);
    },
    { patienceMs: 800 },
  ));

test("what is not allowed is not repeated, and told with the right that is missing", () =>
  withFaults([{ fault: { kind: "access-denied" }, always: true }], async (store, heard) => {
    const under = `arn:aws:s3:::${bucket.name}/${folders}/*`;
    const whole = `arn:aws:s3:::${bucket.name}`;
    const rights: [() => Promise<unknown>, string, string][] = [
      [() => store.put("a", "x"), "PutObject", `grant s3:PutObject on ${under}`],
      [() => store.get("a"), "GetObject", `grant s3:GetObject on ${under} and s3:ListBucket on ${whole}`],
      [
        () => store.get("a", "v"),
        "GetObject",
        `grant s3:GetObjectVersion on ${under} and s3:ListBucket on ${whole}`,
      ],
      [
        () => store.metadata("a", "v"),
        "HeadObject",
        `grant s3:GetObjectVersion on ${under} and s3:ListBucket on ${whole}`,
      ],
      [() => store.delete("a"), "DeleteObject", `grant s3:DeleteObject on ${under}`],
      [() => allOf(store.list("")), "ListObjectsV2", `grant s3:ListBucket on ${whole}`],
      [() => versionsOf(store, "a"), "ListObjectVersions", `grant s3:ListBucketVersions on ${whole}`],
      [() => store.keepsVersions(), "GetBucketVersioning", `grant s3:GetBucketVersioning on ${whole}`],
    ];
    for (const [request, operation, hint] of rights) {
      expect(await failureOf(request)).toMatchObject({
        code: "permission",
        message: `not allowed to ${operation}: Access Denied`,
        hint,
        subject: store.location.text,
      });
    }
    expect(heard).toEqual({ answered: 0, retried: 0, throttled: 0 });
  }));

test("who may not list uploads can still upload", () =>
  withFaults([{ fault: { kind: "access-denied" }, operations: ["GET"], always: true }], async (store) => {
    const upload = await store.upload("a");
    await upload.write(Buffer.from("text"));
    expect((await upload.complete()).size).toBe(4);
  }));

test("a part that cannot be stored fails the upload, and giving that up never fails", () =>
  withFaults([{ fault: { kind: "access-denied" }, operations: ["PUT"], always: true }], async (store) => {
    const upload = await store.upload("a");
    const failure = await failureOf(async () => {
      for (let round = 0; round < 50; round++) await upload.write(Buffer.alloc(3_000_000));
      await upload.complete();
    });
    expect(failure).toMatchObject({ code: "permission" });
    await upload.abort();
    expect(await store.get("a")).toBeUndefined();
  }));

function sha(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}
