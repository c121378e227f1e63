import { afterAll, beforeAll, expect, test } from "bun:test";
import { createBucket, type TestBucket } from "../helpers/s3.ts";
import { failureOf, streamed, textOf, versionsOf } from "./contract/subject.ts";
import { type Between, queryOf, refusal, withBetween } from "./s3-between.ts";

let bucket: TestBucket;
let unversioned: TestBucket;
beforeAll(async () => {
  [bucket, unversioned] = await Promise.all([createBucket(), createBucket({ versioned: false })]);
});
afterAll(() => Promise.all([bucket.drop(), unversioned.drop()]));

test("who may not ask for a bucket's versioning can delete, unless something is to be recorded", () => {
  const mayNotAsk: Between = (request, pass) =>
    queryOf(request).startsWith("?versioning") ? refusal(403, "AccessDenied") : pass();
  return withBetween(unversioned, mayNotAsk, async (store) => {
    await store.put("a", "x");
    expect(await store.delete("a")).toEqual({ versionId: undefined });
    expect(await store.get("a")).toBeUndefined();
    await store.put("b", "x");
    const failure = await failureOf(() => store.delete("b", { metadata: { n: "1" } }));
    expect(failure).toMatchObject({
      code: "permission",
      message: "not allowed to GetBucketVersioning: m",
    });
    expect(await textOf(store, "b")).toBe("x");
  });
});

test("a deletion that the server doesn't do is not taken for done", () => {
  const immutable: Between = (request, pass) =>
    request.method === "DELETE" ? refusal(405, "MethodNotAllowed") : pass();
  return withBetween(bucket, immutable, async (store) => {
    await store.put("a", "x");
    expect(await failureOf(() => store.delete("a"))).toMatchObject({
      code: "service-refused",
      message: "DeleteObject refused: MethodNotAllowed: m",
    });
    expect(await textOf(store, "a")).toBe("x");
  });
});

test("what is listed as archived can be read once it is restored", () => {
  const archived: Between = async (request, pass) => {
    const answer = await pass();
    if (!queryOf(request).startsWith("?versions")) return answer;
    return new Response((await answer.text()).replaceAll("STANDARD", "GLACIER"));
  };
  return withBetween(bucket, archived, async (store) => {
    await store.put("a", "x");
    const [version] = await versionsOf(store, "a");
    expect(version?.archived).toBe(true);
    expect(await textOf(store, "a", version?.versionId)).toBe("x");
    expect((await streamed(store, "a"))?.body.toString()).toBe("x");
  });
});

test("what is listed as if it could be read, yet is archived, is named", () => {
  const deep: Between = (request, pass) =>
    request.method === "GET" && request.url.includes("/photos/a")
      ? refusal(403, "InvalidObjectState")
      : pass();
  return withBetween(bucket, deep, async (store) => {
    const { versionId } = await store.put("photos/a", "x");
    const named = {
      code: "archived",
      subject: `${store.location.text}/photos/a`,
      message: "archived: it cannot be read",
    };
    expect(await failureOf(() => store.get("photos/a"))).toMatchObject(named);
    expect(await failureOf(() => store.get("photos/a", versionId))).toMatchObject(named);
    expect(await failureOf(() => store.read("photos/a"))).toMatchObject(named);
  });
});

/** Of a large object's pieces the later ones come otherwise than they were asked for. */
const laterPieces: [string, (body: Uint8Array, range: string) => [Uint8Array<ArrayBuffer>, string]][] = [
  ["shorter, with the right range", (body, range) => [body.slice(1), range]],
  ["longer, with the right range", (body, range) => [Uint8Array.from([...body, 0]), range]],
  ["shorter, with its own range", (body, range) => [body.slice(1), range.replace(/\d+-/, "8388609-")]],
  ["from the beginning", (body, range) => [body.slice(), range.replace(/\d+-\d+/, "0-611391")]],
  ["of a larger object", (body, range) => [body.slice(), range.replace(/\d+$/, "10000000")]],
  ["without a range", (body) => [body.slice(), ""]],
];

test("a piece other than the one that was asked for fails the reading", async () => {
  let change = laterPieces[0]![1];
  const wrongPieces: Between = async (request, pass) => {
    const answer = await pass();
    if (!request.headers.get("range")?.startsWith("bytes=8388608-")) return answer;
    const [body, range] = change(await answer.bytes(), answer.headers.get("content-range")!);
    return new Response(body, { status: 206, headers: { "content-range": range } });
  };
  await withBetween(bucket, wrongPieces, async (store) => {
    const upload = await store.upload("a");
    await upload.write(Buffer.alloc(9_000_000, "x"));
    await upload.complete();
    change = (body, range) => [body.slice(), range];
    expect((await streamed(store, "a"))?.body.length).toBe(9_000_000);
    for (const [what, changed] of laterPieces) {
      change = changed;
      const failure = await failureOf(() => streamed(store, "a"));
      expect(failure, what).toMatchObject({ message: expect.stringContaining("does not speak S3") });
    }
  });
});

test("a first piece that doesn't say of what is not taken for the whole object", () => {
  const noRange: Between = async (request, pass) => {
    const answer = await pass();
    if (!request.headers.has("range")) return answer;
    return new Response(await answer.bytes(), { status: 206 });
  };
  return withBetween(bucket, noRange, async (store) => {
    await store.put("a", "x");
    const failure = await failureOf(() => store.read("a"));
    expect(failure).toMatchObject({ message: expect.stringContaining("does not speak S3") });
  });
});

test("a server that takes no notice of ranges is read all the same", () => {
  const whole: Between = async (request, pass) => {
    const answer = await pass();
    if (!request.headers.has("range")) return answer;
    return new Response(await answer.bytes(), { status: 200 });
  };
  return withBetween(bucket, whole, async (store) => {
    await store.put("a", "text");
    expect((await streamed(store, "a"))?.body.toString()).toBe("text");
  });
});
