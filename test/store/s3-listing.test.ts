import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import pLimit from "p-limit";
import type { ObjectStore } from "../../src/core/store/object-store.ts";
import { cutKeySpace, isAfter } from "../../src/core/store/s3/key-space.ts";
import { merge } from "../../src/core/store/s3/merge.ts";
import { createBucket, s3Endpoint, type TestBucket } from "../helpers/s3.ts";
import { allOf, failureOf, versionsOf } from "./contract/subject.ts";
import { openAt } from "./s3-opened.ts";

let bucket: TestBucket;
let store: ObjectStore;
beforeAll(async () => {
  bucket = await createBucket();
  store = await openAt(`s3://${bucket.name}/back ups+%2F/größe`);
});
afterAll(async () => {
  store.close();
  await bucket.drop();
});

const LONG_MS = 120_000;
const limit = pLimit(48);
const id = (index: number) => createHash("sha256").update(`${index}`).digest("hex");

test(
  "a large folder with foreign names is listed exactly once, by several requests at once",
  async () => {
    const foreign = [
      "README",
      "zz/zz/zz",
      "~",
      "!",
      "0",
      "4",
      "8",
      "f",
      "ff",
      "fffff",
      "g",
      "_x",
      "A",
      "日本",
      "🦊",
      "\uffee",
      "5 a+b%",
    ];
    const keys = [...Array.from({ length: 3_200 }, (_, index) => id(index)), ...foreign].map(
      (name) => `orders/${name}`,
    );
    await limit.map([...keys, "orders.txt", "orders0", "a/b"], (key) => store.put(key, "x"));
    await limit.map(keys.slice(0, 100), (key) => store.put(key, "y"));

    let [now, most] = [0, 0];
    const gate = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        now++;
        most = Math.max(most, now);
        const { pathname, search } = new URL(request.url);
        const answer = await fetch(s3Endpoint() + pathname + search, { headers: request.headers });
        const body = await answer.arrayBuffer();
        now--;
        return new Response(body, { status: answer.status });
      },
    });
    const gated = await openAt(store.location.text, { endpoint: `http://127.0.0.1:${gate.port}` });
    const sorted = [...keys].sort();
    expect((await allOf(gated.list("orders"))).sort()).toEqual(sorted);
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThanOrEqual(8);
    const versions = await allOf(gated.versions({ folder: "orders" }));
    expect(versions.length).toBe(keys.length + 100);
    expect([...new Set(versions.map(({ key }) => key))].sort()).toEqual(sorted);
    expect((await allOf(gated.list(""))).length).toBe(keys.length + 3);
    gated.close();
    await gate.stop(true);
  },
  LONG_MS,
);

test("puts and deletions within one second are in their order when the listing says only seconds", async () => {
  const ids: string[] = [];
  for (let index = 0; index < 12; index++) {
    const write = index % 3 === 0 ? { metadata: { n: `${index}` } } : {};
    const { versionId } =
      index % 3 === 2
        ? await store.delete("second", { metadata: { n: `${index}` } })
        : await store.put("second", `${index}`, write);
    ids.unshift(versionId!);
  }
  const gate = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      const answer = await fetch(s3Endpoint() + pathname + search, { method, headers });
      const text = await answer.text();
      const kept = new Headers(answer.headers);
      kept.delete("content-length");
      const body =
        method === "HEAD" ? null : text.replace(/\.\d{3}Z<\/LastModified>/g, ".000Z</LastModified>");
      return new Response(body, { status: answer.status, headers: kept });
    },
  });
  const gated = await openAt(store.location.text, { endpoint: `http://127.0.0.1:${gate.port}` });
  const versions = await versionsOf(gated, "second");
  expect(versions.every(({ modified }) => modified % 1_000 === 0)).toBe(true);
  expect(versions.map(({ versionId }) => versionId)).toEqual(ids);
  expect(versions.map(({ deleted }) => deleted)).toEqual(ids.map((_, index) => index % 3 === 0));
  gated.close();
  await gate.stop(true);
});

test("the key space is cut into ranges in ascending order, evenly for hex ids", () => {
  const ids = Array.from({ length: 100_000 }, (_, index) => `p/${id(index)}`).sort();
  const cuts = cutKeySpace("p/", ids[0]!, ids[999]!);
  for (const [index, cut] of cuts.entries()) {
    expect(isAfter(cut, index === 0 ? ids[999]! : cuts[index - 1]!)).toBe(true);
  }
  const ends = [...cuts, "p/\uffff"];
  const sizes = ends.map((end, index) => {
    const start = index === 0 ? "" : ends[index - 1]!;
    return ids.filter((key) => key > start && key <= end).length;
  });
  expect(Math.max(...sizes)).toBeLessThan(8_000);
  expect(cuts.length).toBeLessThan(60);
});

test("odd keys are cut without cutting a character", () => {
  for (const [first, last] of [
    ["p/🦊a", "p/🦊b"],
    ["p/\ud83e\udd8a", "p/\ud83e\udd8b"],
    ["p/", "p/z"],
    ["", "x"],
  ] as const) {
    for (const cut of cutKeySpace(first.slice(0, 2), first, last)) expect(cut.isWellFormed()).toBe(true);
  }
});

test("merging gives everything once, is never far ahead, and stops all when one fails or the reader leaves", async () => {
  let ahead = 0;
  const stopped: unknown[] = [];
  const source = (from: number, failing = false) =>
    async function* (signal: AbortSignal) {
      signal.addEventListener("abort", () => stopped.push(from));
      for (let index = 0; index < 20; index++) {
        await Bun.sleep(1);
        if (failing && index === 5) throw new Error("failed");
        ahead++;
        yield from + index;
      }
    };
  const seen: number[] = [];
  const sources = [0, 100, 200, 300, 400].map((from) => source(from));
  for await (const element of merge(sources, 3)) {
    ahead--;
    expect(ahead).toBeLessThanOrEqual(3);
    seen.push(element);
    await Bun.sleep(2);
  }
  expect(seen.length).toBe(100);
  expect(new Set(seen).size).toBe(100);

  stopped.length = 0;
  for await (const _ of merge(sources, 3)) break;
  expect(stopped.length).toBe(3);
  const failure = await failureOf(async () => {
    for await (const _ of merge([source(0), source(100, true)], 2));
  });
  expect((failure as Error).message).toBe("failed");
});
