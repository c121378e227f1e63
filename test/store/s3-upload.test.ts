import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ObjectStore, Upload } from "../../src/core/store/object-store.ts";
import { createBucket, type TestBucket } from "../helpers/s3.ts";
import { failureOf, versionsOf } from "./contract/subject.ts";
import { type Between, queryOf, refusal, silence, withBetween } from "./s3-between.ts";

let bucket: TestBucket;
beforeAll(async () => {
  bucket = await createBucket();
});
afterAll(() => bucket.drop());

/** Far less than the time after which a silent server is given up by itself. */
const SOON_MS = 10_000;
const LITTLE_PATIENCE = { patienceMs: 300 };
/** Two parts. */
const BODY = Buffer.alloc(9_000_000, "x");

async function written(store: ObjectStore, key: string, signal?: AbortSignal): Promise<Upload> {
  const upload = await store.upload(key, { metadata: { n: "1" } }, signal);
  await upload.write(BODY);
  return upload;
}

const isCreation = (request: Request) => request.method === "POST" && queryOf(request).startsWith("?uploads");
const isCompletion = (request: Request) =>
  request.method === "POST" && queryOf(request).startsWith("?uploadId");
const isListing = (request: Request) => request.method === "GET" && queryOf(request).startsWith("?uploads");

for (const [what, unanswered] of [
  ["its beginning", isCreation],
  ["its end", (request: Request) => request.method === "DELETE"],
] as const) {
  test(
    `an upload is given up though the server doesn't answer to ${what}`,
    async () => {
      const asked = Promise.withResolvers<void>();
      const givenUp = Promise.withResolvers<void>();
      const between: Between = (request, pass) => {
        if (!unanswered(request)) return pass();
        asked.resolve();
        return silence(request, givenUp.resolve);
      };
      await withBetween(
        bucket,
        between,
        async (store) => {
          const stop = new AbortController();
          const upload = await written(store, "a", stop.signal);
          if (unanswered === isCreation) await asked.promise;
          stop.abort(new Error("stopped by the test"));
          await upload.abort();
          await givenUp.promise;
          await asked.promise;
        },
        LITTLE_PATIENCE,
      );
    },
    SOON_MS,
  );
}

test(
  "what is complete is told so, whatever becomes of the clearing after it",
  async () => {
    const stop = new AbortController();
    const clearings: Record<string, Between> = {
      refused: () => refusal(500, "InternalError"),
      unanswered: (request) => silence(request),
      stopped: (request) => {
        stop.abort(new Error("stopped by the test"));
        return silence(request);
      },
    };
    for (const [what, clearing] of Object.entries(clearings)) {
      let completed = false;
      let cleared = false;
      const between: Between = (request, pass) => {
        completed ||= isCompletion(request);
        if (!completed || !isListing(request)) return pass();
        cleared = true;
        return clearing(request, pass);
      };
      await withBetween(
        bucket,
        between,
        async (store) => {
          const { versionId, size } = await (await written(store, "a", stop.signal)).complete();
          expect(size).toBe(BODY.length);
          expect(cleared, what).toBe(true);
          expect((await versionsOf(store, "a")).map((version) => version.versionId)).toEqual([versionId]);
          expect(await store.metadata("a", versionId)).toEqual({ n: "1" });
        },
        LITTLE_PATIENCE,
      );
    }
  },
  SOON_MS,
);

/** As where KMS encrypts: no ETag tells one object from another with as many parts. */
async function asWithKms(request: Request, pass: () => Promise<Response>): Promise<Response> {
  const answer = await pass();
  if (request.method !== "HEAD" || !answer.ok) return answer;
  const headers = new Headers(answer.headers);
  headers.set("x-amz-server-side-encryption", "aws:kms");
  headers.set("etag", '"0123456789abcdef0123456789abcdef-2"');
  return new Response(null, { headers });
}

test("under KMS too an upload whose completion was answered to nobody is complete", () => {
  let lost = 0;
  const between: Between = async (request, pass) => {
    const answer = await asWithKms(request, pass);
    if (!isCompletion(request) || lost > 0) return answer;
    lost++;
    await answer.bytes();
    return refusal(500, "InternalError");
  };
  return withBetween(bucket, between, async (store) => {
    const { versionId } = await (await written(store, "a")).complete();
    expect(lost).toBe(1);
    expect((await versionsOf(store, "a")).map((version) => version.versionId)).toEqual([versionId]);
  });
});

test("under KMS too the object there was before, just as large, is not taken for the upload's", () => {
  let another = false;
  // As where somebody else has given the upload up; the gateway of the tests only ever says to try again.
  const between: Between = (request, pass) =>
    another && isCompletion(request) ? refusal(404, "NoSuchUpload") : asWithKms(request, pass);
  return withBetween(bucket, between, async (store) => {
    await (await written(store, "a")).complete();
    another = true;
    const upload = await written(store, "a");
    expect(await failureOf(() => upload.complete())).toMatchObject({
      code: "service-refused",
      message: expect.stringContaining("somebody else has given up the upload"),
    });
    await upload.abort();
    expect((await versionsOf(store, "a")).length).toBe(1);
  });
});
