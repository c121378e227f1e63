import { afterAll, beforeAll, expect, test } from "bun:test";
import { createWatcher, type Watch } from "../../src/core/store/s3/s3-silence.ts";
import { createBucket, type TestBucket } from "../helpers/s3.ts";
import { failureOf, streamed, textOf } from "./contract/subject.ts";
import { type Between, queryOf, withBetween } from "./s3-between.ts";

let bucket: TestBucket;
beforeAll(async () => {
  bucket = await createBucket();
});
afterAll(() => bucket.drop());

const OPTIONS = { silenceMs: 4_000, retries: 0 };
const isRead = (request: Request) => request.method === "GET" && request.url.endsWith("/a");

/** A body that comes in ten pieces, with a pause before each; `pieces` of them, then nothing any more. */
function slowly(body: Uint8Array, pauseMs: number, pieces = 10): ReadableStream {
  const length = Math.ceil(body.length / 10);
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      if (sent === pieces && pieces < 10) return new Promise(() => {});
      if (sent === pieces) return controller.close();
      await Bun.sleep(pauseMs);
      controller.enqueue(body.slice(sent * length, ++sent * length));
    },
  });
}

test.concurrent("an object may take as long as it likes while something of it comes", () => {
  const slow: Between = async (request, pass) => {
    const answer = await pass();
    if (!isRead(request)) return answer;
    const { status, headers } = answer;
    return new Response(slowly(await answer.bytes(), 500), { status, headers });
  };
  const text = "0123456789".repeat(10_000);
  return withBetween(
    bucket,
    slow,
    async (store) => {
      await store.put("a", text);
      const [got, read] = await Promise.all([textOf(store, "a"), streamed(store, "a")]);
      expect(got).toBe(text);
      expect(read?.body.toString()).toBe(text);
    },
    OPTIONS,
  );
});

test.concurrent("an object of which nothing comes any more is asked for again, or that is told", () => {
  let stalled = 0;
  const stalling: Between = async (request, pass) => {
    const answer = await pass();
    if (!isRead(request) || ++stalled === 2) return answer;
    const { status, headers } = answer;
    return new Response(slowly(await answer.bytes(), 0, 5), { status, headers });
  };
  return withBetween(
    bucket,
    stalling,
    async (store) => {
      await store.put("a", "0123456789".repeat(10_000));
      expect((await textOf(store, "a"))?.length).toBe(100_000);
      expect(stalled).toBe(2);
      expect(await failureOf(() => store.get("a"))).toMatchObject({
        code: "connection",
        message: "cannot reach the server: it said nothing for 1 seconds",
      });
    },
    { silenceMs: 1_000, retries: 1 },
  );
}, 20_000);

test.concurrent("the server may take its time to complete an upload", () => {
  const slow: Between = async (request, pass) => {
    const answer = await pass();
    if (request.method === "POST" && queryOf(request).startsWith("?uploadId")) await Bun.sleep(6_000);
    return answer;
  };
  return withBetween(
    bucket,
    slow,
    async (store) => {
      const upload = await store.upload("a");
      await upload.write(Buffer.alloc(9_000_000));
      expect((await upload.complete()).size).toBe(9_000_000);
    },
    OPTIONS,
  );
});

test("what is sent has the longer, the more is being sent at once", async () => {
  const ended: string[] = [];
  const ends = (name: string, { signal }: Watch) =>
    new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => {
        ended.push(name);
        resolve();
      });
    });
  const shared = createWatcher();
  const together = Array.from({ length: 8 }, () => ends("together", shared(100, 10_000)));
  const alone = ends("alone", createWatcher()(100, 10_000));
  const nothing = ends("nothing to send", shared(100, 0));
  await Promise.all([...together, alone, nothing]);
  expect(ended).toEqual(["nothing to send", "alone", ...Array(8).fill("together")]);
});

test("what has been sent gives no more time to its answer, nor to others", async () => {
  const watcher = createWatcher();
  const sent = watcher(100, 1_000_000_000);
  sent.heard();
  const next = watcher(100, 10);
  for (const { signal } of [sent, next]) {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(signal.reason).toMatchObject({ name: "TimeoutError" });
  }
}, 10_000);
