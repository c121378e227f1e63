import { expect, test } from "bun:test";
import { createDice } from "../../../src/core/demo/dice.ts";
import { type ContractSubject, keysUnder, streamed, textOf } from "./subject.ts";

export function testObjects({ store, reopen, folder, traits, alone }: ContractSubject): void {
  test("what was put is what others get", async () => {
    const key = `${folder()}/a`;
    const before = Date.now();
    const { versionId } = await store().put(key, "one");
    const found = await (await reopen()).get(key);
    expect(found?.body.toString()).toBe("one");
    expect(found?.metadata).toEqual({});
    expect(found?.versionId).toBe(versionId);
    // Some servers say only the second, and have a clock of their own.
    expect(Math.abs(found!.modified - before)).toBeLessThan(30_000);
  });

  test("text is stored as UTF-8", async () => {
    const key = `${folder()}/a`;
    await store().put(key, "Grüße 🦊");
    expect((await store().get(key))?.body).toEqual(Buffer.from("Grüße 🦊"));
  });

  test("binary bodies come back byte for byte, whole and streamed", async () => {
    const key = `${folder()}/a`;
    const body = Buffer.concat([
      Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
      createDice(1).bytes(100_000),
    ]);
    await store().put(key, body);
    expect((await store().get(key))?.body.equals(body)).toBe(true);
    const read = await streamed(store(), key);
    expect(read?.size).toBe(body.length);
    expect(read?.body.equals(body)).toBe(true);
  });

  test("a view on part of a buffer is stored, and not the rest", async () => {
    const key = `${folder()}/a`;
    await store().put(key, new Uint8Array(Buffer.from("xxabcxx")).subarray(2, 5));
    expect(await textOf(store(), key)).toBe("abc");
  });

  test("an empty body is an object", async () => {
    const key = `${folder()}/a`;
    await store().put(key, "");
    expect((await store().get(key))?.body.length).toBe(0);
    expect(await streamed(store(), key)).toEqual({ size: 0, body: Buffer.alloc(0) });
    expect(await keysUnder(store(), key.split("/")[0]!)).toEqual([key]);
  });

  test("an absent object is undefined, in an absent folder too", async () => {
    const key = `${folder()}/absent/object`;
    expect(await store().get(key)).toBeUndefined();
    expect(await store().read(key)).toBeUndefined();
  });

  test("a folder is no object", async () => {
    const name = folder();
    await store().put(`${name}/inner/a`, "1");
    expect(await store().get(`${name}/inner`)).toBeUndefined();
    expect(await store().read(`${name}/inner`)).toBeUndefined();
  });

  test("an overwritten object is what was put last", async () => {
    const key = `${folder()}/a`;
    await store().put(key, "one");
    await store().put(key, "two, which is longer");
    await store().put(key, "3");
    expect(await textOf(store(), key)).toBe("3");
    expect((await streamed(store(), key))?.body.toString()).toBe("3");
    expect(await textOf(await reopen(), key)).toBe("3");
  });

  test("a deleted object is gone, and comes back when it is put", async () => {
    const name = folder();
    const key = `${name}/a`;
    await store().put(key, "one");
    await store().delete(key);
    expect(await store().get(key)).toBeUndefined();
    expect(await store().read(key)).toBeUndefined();
    expect(await keysUnder(await reopen(), name)).toEqual([]);
    await store().put(key, "two");
    expect(await textOf(store(), key)).toBe("two");
    expect(await keysUnder(await reopen(), name)).toEqual([key]);
  });

  test("an absent object can be deleted", async () => {
    const key = `${folder()}/never/there`;
    await store().delete(key);
    await store().delete(key);
    expect(await store().get(key)).toBeUndefined();
  });

  test("metadata comes back with the object", async () => {
    const key = `${folder()}/a`;
    const metadata = { "sequence-number": "100000000000000000001", event: "INSERT", time: "1700000000.25" };
    const { versionId } = await store().put(key, "one", { metadata });
    expect((await store().get(key))?.metadata).toEqual(metadata);
    expect(await (await reopen()).metadata(key, versionId)).toEqual(metadata);
  });

  test("an overwrite does not inherit metadata", async () => {
    const key = `${folder()}/a`;
    await store().put(key, "one", { metadata: { event: "INSERT" } });
    await store().put(key, "two");
    expect((await store().get(key))?.metadata).toEqual({});
  });

  test("says whether it keeps versions, and where it is", async () => {
    expect(await store().keepsVersions()).toBe(traits.keepsVersions);
    expect((await reopen()).location).toEqual(store().location);
  });

  test("observers hear of every request", () =>
    alone(async (opened) => {
      const heard: { operation: string; bytes: number }[] = [];
      opened.store.observe({ answered: (call) => heard.push(call), retried() {} });
      const actions = [
        () => opened.store.put("a", "12345"),
        () => opened.store.get("a"),
        () => keysUnder(opened.store, ""),
        () => opened.store.delete("a"),
      ];
      for (const action of actions) {
        const before = heard.length;
        await action();
        expect(heard.length).toBeGreaterThan(before);
      }
      for (const { operation, bytes } of heard) {
        expect(operation).not.toBe("");
        expect(bytes).toBeGreaterThanOrEqual(0);
      }
    }));
}
