import { expect, test } from "bun:test";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { s3Client, s3Endpoint, withBucket } from "../helpers/s3.ts";

test("versions and delete markers are kept, with metadata", async () => {
  await withBucket(async ({ client, name: Bucket }) => {
    const Key = "prefix/table/ключ ✓";
    await client.send(new PutObjectCommand({ Bucket, Key, Body: "one", Metadata: { sequence: "1" } }));
    await client.send(new PutObjectCommand({ Bucket, Key, Body: "two", Metadata: { sequence: "2" } }));
    await client.send(new DeleteObjectCommand({ Bucket, Key }));

    const { Versions, DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions?.map((version) => version.Key)).toEqual([Key, Key]);
    expect(DeleteMarkers?.map((marker) => marker.IsLatest)).toEqual([true]);
    const oldest = await client.send(
      new GetObjectCommand({ Bucket, Key, VersionId: Versions!.at(-1)!.VersionId }),
    );
    expect(await oldest.Body?.transformToString()).toBe("one");
    expect(oldest.Metadata).toEqual({ sequence: "1" });
    await expect(client.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({
      name: "NoSuchKey",
    });
  });
});

test("a conditional put refuses to replace", async () => {
  await withBucket(
    async ({ client, name: Bucket }) => {
      await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "one", IfNoneMatch: "*" }));
      const again = client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "two", IfNoneMatch: "*" }));
      await expect(again).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
    },
    { versioned: false },
  );
});

test("large bodies pass the fault proxy both ways, signatures stay valid", async () => {
  const proxy = await startFaultProxy({ target: s3Endpoint() });
  const client = s3Client({ endpoint: proxy.url, maxAttempts: 1 });
  await withBucket(async ({ name: Bucket }) => {
    const Body = new Uint8Array(20_000_000).map((_, at) => (at * 7919) >>> 8);
    await client.send(new PutObjectCommand({ Bucket, Key: "large", Body }));
    const got = await client.send(new GetObjectCommand({ Bucket, Key: "large" }));
    expect(Bun.hash(await got.Body!.transformToByteArray())).toBe(Bun.hash(Body));
    expect(proxy.stats.calls).toEqual({ PUT: 1, GET: 1 });
  });
  await proxy.stop();
});

test("S3 faults come in S3's own words", async () => {
  const proxy = await startFaultProxy({
    target: s3Endpoint(),
    rules: [
      { fault: { kind: "throttle" }, nth: 1, operations: ["PUT"] },
      { fault: { kind: "server-error" }, nth: 2, operations: ["PUT"] },
      { fault: { kind: "access-denied" }, nth: 3, operations: ["PUT"] },
      { fault: { kind: "reset-after" }, nth: 4, operations: ["PUT"] },
      { fault: { kind: "truncate" }, nth: 1, operations: ["GET"] },
    ],
  });
  const client = s3Client({ endpoint: proxy.url, maxAttempts: 1 });
  await withBucket(async ({ name: Bucket }) => {
    const names: string[] = [];
    for (const _ of [1, 2, 3, 4]) {
      await client
        .send(new PutObjectCommand({ Bucket, Key: "k", Body: "x".repeat(1000) }))
        .catch((reason: Error) => names.push(reason.name));
    }
    expect(names.slice(0, 3)).toEqual(["SlowDown", "InternalError", "AccessDenied"]);
    // The client sees the reset, unless its HTTP layer repeated the PUT by itself as Bun does on a kept-alive line.
    expect(names.length + proxy.stats.calls.PUT!).toBe(8);
    const read = async () => {
      const got = await client.send(new GetObjectCommand({ Bucket, Key: "k" }));
      return (await got.Body!.transformToString()).length;
    };
    await expect(read()).rejects.toThrow();
    expect(await read()).toBe(1000);
  });
  await proxy.stop();
});
