import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { createDice } from "../../src/core/demo/dice.ts";
import { partBytes } from "../../src/core/store/s3/s3-parts.ts";
import type { S3StoreOptions } from "../../src/core/store/s3/s3-store.ts";
import { createBucket, s3Endpoint, type TestBucket } from "../helpers/s3.ts";
import { failureOf, streamed, textOf, versionsOf } from "./contract/subject.ts";
import { openAt } from "./s3-opened.ts";

let bucket: TestBucket;
let unversioned: TestBucket;
let folders = 0;
beforeAll(async () => {
  [bucket, unversioned] = await Promise.all([createBucket(), createBucket({ versioned: false })]);
});
afterAll(() => Promise.all([bucket.drop(), unversioned.drop()]));

interface Recorded {
  method: string;
  query: string;
  headers: Record<string, string>;
}

let recorded: Recorded[];
beforeEach(() => {
  recorded = [];
});

/** Before the real gateway; `answer` may answer in its place. */
async function withRecorder(
  options: S3StoreOptions,
  use: (store: Awaited<ReturnType<typeof openAt>>) => Promise<void>,
  { answer, to = bucket }: { answer?: (request: Request) => Response | undefined; to?: TestBucket } = {},
): Promise<void> {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      recorded.push({ method: request.method, query: search, headers: request.headers.toJSON() });
      const own = answer?.(request);
      if (own !== undefined) return own;
      const { method, headers } = request;
      const body = method === "GET" || method === "HEAD" ? null : await request.arrayBuffer();
      // The gateway keeps no keys of KMS.
      headers.delete("x-amz-server-side-encryption");
      return fetch(s3Endpoint() + pathname + search, { method, headers, body, decompress: false });
    },
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const store = await openAt(`s3://${to.name}/${++folders}`, { endpoint, ...options });
  try {
    await use(store);
  } finally {
    store.close();
    await server.stop(true);
  }
}

const madeOf = (operation: (request: Recorded) => boolean) =>
  recorded.filter(operation).map(({ headers }) => headers);
const puts = () => madeOf(({ method, query }) => method === "PUT" && query === "");
const creations = () => madeOf(({ method, query }) => method === "POST" && query.startsWith("?uploads"));

test("what is written is kept as the user wants it", async () => {
  const asked: [S3StoreOptions, Record<string, string>][] = [
    [{}, {}],
    [{ encryption: { kind: "AES256" } }, { "x-amz-server-side-encryption": "AES256" }],
    [{ encryption: { kind: "aws:kms" } }, { "x-amz-server-side-encryption": "aws:kms" }],
    [
      { encryption: { kind: "aws:kms", keyId: "alias/backups" } },
      {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": "alias/backups",
      },
    ],
    [{ storageClass: "STANDARD_IA" }, { "x-amz-storage-class": "STANDARD_IA" }],
  ];
  const names = [
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
  ];
  const keptAs = (headers: Record<string, string>) =>
    Object.fromEntries(names.filter((name) => name in headers).map((name) => [name, headers[name]]));
  const answer = (request: Request) => {
    if (request.method === "PUT")
      return new Response(null, { headers: { etag: '"e"', "x-amz-version-id": "v" } });
    if (request.method !== "POST") return undefined;
    return new Response(
      "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
    );
  };
  for (const [options, expected] of asked) {
    recorded = [];
    await withRecorder(
      options,
      async (store) => {
        await store.put("a", "x", { metadata: { n: "1" } });
        const upload = await store.upload("b", { metadata: { n: "2" } });
        await upload.write(Buffer.alloc(partBytes(1)));
        await upload.abort();
      },
      { answer },
    );
    expect(puts().map(keptAs)).toEqual([expected]);
    expect(puts()[0]).toMatchObject({ "x-amz-meta-n": "1" });
    expect(creations().map(keptAs)).toEqual([expected]);
    expect(creations()[0]).toMatchObject({ "x-amz-meta-n": "2" });
  }
});

test("a tombstone is never archived", () =>
  withRecorder({ storageClass: "DEEP_ARCHIVE" }, async (store) => {
    await store.delete("a", { metadata: { n: "1" } });
    expect(puts().length).toBe(1);
    expect(puts()[0]).not.toHaveProperty("x-amz-storage-class");
  }));

test("every request names the account that the bucket must belong to, and signs that", () =>
  withRecorder({ expectedBucketOwner: "123456789012" }, async (store) => {
    await store.put("a", "x");
    await store.get("a");
    await versionsOf(store, "a");
    await store.delete("a");
    expect(recorded.length).toBe(5);
    for (const { headers } of recorded) {
      expect(headers["x-amz-expected-bucket-owner"]).toBe("123456789012");
      expect(headers.authorization).toMatch(/SignedHeaders=[^,]*x-amz-expected-bucket-owner/);
    }
  }));

test("bodies are signed, and have the digest that buckets with Object Lock demand", () =>
  withRecorder({}, async (store) => {
    await store.put("a", "text");
    expect(puts()[0]).toMatchObject({
      "content-length": "4",
      "content-md5": new Bun.CryptoHasher("md5").update("text").digest("base64"),
      "x-amz-content-sha256": new Bun.CryptoHasher("sha256").update("text").digest("hex"),
    });
  }));

test("an unversioned bucket has plain deletions", () =>
  withRecorder(
    {},
    async (store) => {
      expect((await store.put("a", "x")).versionId).toBe("null");
      expect(await store.delete("a", { metadata: { n: "1" } })).toEqual({ versionId: undefined });
      expect(puts().length).toBe(1);
      expect(await versionsOf(store, "a")).toEqual([]);
    },
    { to: unversioned },
  ));

async function leftovers(): Promise<string[]> {
  const { Uploads } = await bucket.client.send(
    new ListMultipartUploadsCommand({ Bucket: bucket.name, Prefix: `${folders}/` }),
  );
  return (Uploads ?? []).map(({ Key }) => Key!).sort();
}

test("the next upload of a key clears away what killed ones have left, and nothing else", () =>
  withRecorder({}, async (store) => {
    const part = Buffer.alloc(partBytes(1));
    // All at once, for none of them to clear away another.
    const keys = ["a", "a", "a", "a.json", "ab/c", "b"];
    await Promise.all(keys.map(async (key) => (await store.upload(key)).write(part)));
    // Parts that are under way have no upload yet.
    for (let wait = 0; (await leftovers()).length < 6 && wait < 100; wait++) await Bun.sleep(50);
    const upload = await store.upload("a");
    const others = ["a.json", "ab/c", "b"].map((key) => `${folders}/${key}`);
    expect(await leftovers()).toEqual(others);
    await upload.write(Buffer.from("x"));
    await upload.complete();
    expect(await textOf(store, "a")).toBe("x");
    for (const key of ["a.json", "ab/c", "b"]) await (await store.upload(key)).abort();
    expect(await leftovers()).toEqual([]);
  }));

test("10,000 parts hold 5 TB, all within what S3 takes for a part", () => {
  const sizes = Array.from({ length: 10_000 }, (_, index) => partBytes(index + 1));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(5 * 1024 ** 4);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(5 * 1024 ** 2);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(5 * 1024 ** 3);
});

test(
  "parts go out at most four at once, and what is read is bounded too",
  () =>
    withRecorder({}, async (store) => {
      const body = createDice(5).bytes(50_000_000);
      const upload = await store.upload("large");
      let most = 0;
      for (let at = 0; at < body.length; at += 1_000_000) {
        await upload.write(body.subarray(at, at + 1_000_000));
        most = Math.max(most, upload.partsInFlight);
      }
      await upload.complete();
      expect(most).toBe(4);
      expect((await streamed(store, "large"))?.body.equals(body)).toBe(true);
      const ranges = madeOf(({ method, headers }) => method === "GET" && "range" in headers);
      expect(ranges.length).toBe(6);
    }),
  60_000,
);

test("what is replaced while it is read stays what it was, or says so", async () => {
  const body = createDice(6).bytes(40_000_000);
  for (const [to, outcome] of [
    [bucket, undefined],
    [unversioned, "condition-failed"],
  ] as const) {
    await withRecorder(
      {},
      async (store) => {
        const upload = await store.upload("a");
        await upload.write(body);
        await upload.complete();
        const read = await store.read("a");
        await store.put("a", "other");
        const pieces: Uint8Array[] = [];
        const failure = await failureOf(async () => {
          for await (const piece of read!.body) pieces.push(piece);
        });
        if (outcome === undefined) expect(Buffer.concat(pieces).equals(body)).toBe(true);
        else expect(failure).toMatchObject({ code: outcome });
      },
      { to },
    );
  }
}, 60_000);

test("what is archived is told, and what to do about it", () =>
  withRecorder(
    {},
    async (store) => {
      expect((await versionsOf(store, "a")).map(({ archived }) => archived)).toEqual([
        true,
        true,
        false,
        false,
      ]);
      expect(await failureOf(() => store.get("a"))).toMatchObject({
        code: "archived",
        message: "archived: it cannot be read",
        hint: expect.stringContaining("restore it first"),
      });
    },
    {
      answer(request) {
        const { search, pathname } = new URL(request.url);
        const version = (storage: string) =>
          `<Version><Key>${folders}/a</Key><VersionId>${storage}</VersionId><LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size><StorageClass>${storage}</StorageClass></Version>`;
        const classes = ["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR", "STANDARD"].map(version).join("");
        if (search.includes("versions")) {
          return new Response(
            `<ListVersionsResult><IsTruncated>false</IsTruncated>${classes}</ListVersionsResult>`,
          );
        }
        if (!pathname.endsWith("/a")) return undefined;
        return new Response("<Error><Code>InvalidObjectState</Code><Message>m</Message></Error>", {
          status: 403,
        });
      },
    },
  ));
