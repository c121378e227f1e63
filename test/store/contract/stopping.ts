import { expect, test } from "bun:test";
import type { ObjectStore } from "../../../src/core/store/object-store.ts";
import { allOf, type ContractSubject, failureOf, textOf } from "./subject.ts";

const REQUESTS: [string, (store: ObjectStore, key: string, signal: AbortSignal) => Promise<unknown>][] = [
  ["put", (store, key, signal) => store.put(key, "x", {}, signal)],
  ["upload", (store, key, signal) => store.upload(key, {}, signal)],
  ["get", (store, key, signal) => store.get(key, undefined, signal)],
  ["metadata", (store, key, signal) => store.metadata(key, "null", signal)],
  ["read", (store, key, signal) => store.read(key, signal)],
  ["delete", (store, key, signal) => store.delete(key, {}, signal)],
  ["list", (store, key, signal) => allOf(store.list(key, signal))],
  ["versions of a key", (store, key, signal) => allOf(store.versions({ key }, signal))],
  ["versions of a folder", (store, key, signal) => allOf(store.versions({ folder: key }, signal))],
];

export function testStopping({ store, folder }: ContractSubject): void {
  test("what was stopped before it began rejects with the reason and does nothing", async () => {
    const key = `${folder()}/a`;
    await store().put(key, "before");
    const reason = new Error("stopped by the test");
    for (const [name, request] of REQUESTS) {
      expect(await failureOf(() => request(store(), key, AbortSignal.abort(reason))), name).toBe(reason);
    }
    expect(await textOf(store(), key)).toBe("before");
  });

  test("what is stopped under way rejects with the reason or is done", async () => {
    const key = `${folder()}/a`;
    await store().put(key, "before");
    for (const [name, request] of REQUESTS) {
      if (name === "metadata") continue; // Its id is none of the store's.
      const stop = new AbortController();
      const reason = new Error("stopped by the test");
      const failing = failureOf(() => request(store(), key, stop.signal));
      stop.abort(reason);
      expect([undefined, reason] as unknown[], name).toContain(await failing);
    }
  });

  test("a stopped upload takes no more, and leaves nothing when it is given up", async () => {
    const key = `${folder()}/a`;
    const stop = new AbortController();
    const reason = new Error("stopped by the test");
    const upload = await store().upload(key, {}, stop.signal);
    await upload.write(Buffer.from("piece"));
    stop.abort(reason);
    expect(await failureOf(() => upload.complete())).toBe(reason);
    await upload.abort();
    expect(await store().get(key)).toBeUndefined();
  });

  test("a stream that is stopped ends with the reason", async () => {
    const key = `${folder()}/a`;
    await store().put(key, Buffer.alloc(5_000_000, "x"));
    const stop = new AbortController();
    const reason = new Error("stopped by the test");
    const read = await store().read(key, stop.signal);
    const failure = await failureOf(async () => {
      for await (const _ of read!.body) stop.abort(reason);
    });
    expect(failure).toBe(reason);
  });

  test("a stop ends only what it was given to", async () => {
    const key = `${folder()}/a`;
    const stop = new AbortController();
    const own = store().put(key, "stays");
    const other = failureOf(() => store().put(`${key}-other`, "x", {}, stop.signal));
    stop.abort(new Error("stopped by the test"));
    await Promise.all([own, other]);
    expect(await textOf(store(), key)).toBe("stays");
  });
}
