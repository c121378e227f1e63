import { expect, test } from "bun:test";
import { createDice } from "../../../src/core/demo/dice.ts";
import { allOf, type ContractSubject, keysUnder, LONG_MS, streamed, textOf, versionsOf } from "./subject.ts";

/** Random bytes of that length; a block of them over and over, with its number, so that no two blocks are alike. */
function manyBytes(length: number, seed: number): Buffer {
  const block = Buffer.from(createDice(seed).bytes(65_521));
  const all = Buffer.alloc(length);
  for (let at = 0, index = 0; at < length; at += block.length, index++) {
    block.writeUInt32BE(index);
    block.copy(all, at);
  }
  return all;
}

export function testUploads({ store, reopen, folder, traits }: ContractSubject): void {
  test(
    "20 MB in pieces of odd sizes come back byte for byte",
    async () => {
      const key = `${folder()}/large`;
      const body = manyBytes(20_000_003, 7);
      const dice = createDice(8);
      const upload = await store().upload(key, { metadata: { items: "12" } });
      for (let at = 0; at < body.length; ) {
        const size = dice.pick([1, 7, 1_000, 65_536, 65_537, 1_234_567, 6_000_001]);
        await upload.write(body.subarray(at, at + size));
        expect(upload.partsInFlight).toBeGreaterThanOrEqual(0);
        at += size;
      }
      const { versionId, size } = await upload.complete();
      expect(upload.partsInFlight).toBe(0);
      expect(size).toBe(body.length);
      const read = await streamed(await reopen(), key);
      expect(read?.size).toBe(body.length);
      expect(read?.body.equals(body)).toBe(true);
      expect(await store().metadata(key, versionId)).toEqual({ items: "12" });
      const found = await store().get(key);
      expect(found?.versionId).toBe(versionId);
      expect(found?.body.equals(body)).toBe(true);
    },
    LONG_MS,
  );

  test("a small upload and an empty one are objects", async () => {
    const name = folder();
    const small = await store().upload(`${name}/small`);
    await small.write(Buffer.from("ab"));
    await small.write(new Uint8Array(0));
    await small.write(Buffer.from("c"));
    expect((await small.complete()).size).toBe(3);
    expect((await (await store().upload(`${name}/empty`)).complete()).size).toBe(0);
    expect(await textOf(store(), `${name}/small`)).toBe("abc");
    expect((await streamed(store(), `${name}/empty`))?.size).toBe(0);
    expect(await keysUnder(store(), name)).toEqual([`${name}/empty`, `${name}/small`]);
  });

  test(
    "nothing is seen of an upload before it is complete",
    async () => {
      const name = folder();
      const key = `${name}/a`;
      const upload = await store().upload(key);
      await upload.write(manyBytes(9_000_000, 3));
      const other = await reopen();
      expect(await other.get(key)).toBeUndefined();
      expect(await other.read(key)).toBeUndefined();
      expect(await keysUnder(other, name)).toEqual([]);
      expect(await versionsOf(other, key)).toEqual([]);
      await upload.complete();
      expect((await other.get(key))?.body.length).toBe(9_000_000);
    },
    LONG_MS,
  );

  test(
    "an upload given up leaves nothing",
    async () => {
      const name = folder();
      for (const bytes of [0, 10, 9_000_000]) {
        const key = `${name}/a-${bytes}`;
        const upload = await store().upload(key);
        if (bytes > 0) await upload.write(manyBytes(bytes, 4));
        await upload.abort();
        await upload.abort();
        expect(await store().get(key)).toBeUndefined();
        expect(await versionsOf(store(), key)).toEqual([]);
      }
      expect(await keysUnder(await reopen(), name)).toEqual([]);
      expect(await allOf(store().versions({ folder: name }))).toEqual([]);
    },
    LONG_MS,
  );

  test("an upload over an object leaves that to readers until it is complete", async () => {
    const key = `${folder()}/a`;
    await store().put(key, "before", { metadata: { n: "1" } });
    const given = await store().upload(key);
    await given.write(Buffer.from("given up"));
    await given.abort();
    expect(await textOf(store(), key)).toBe("before");
    const upload = await store().upload(key, { metadata: { n: "2" } });
    await upload.write(Buffer.from("after"));
    expect(await textOf(store(), key)).toBe("before");
    await upload.complete();
    const found = await store().get(key);
    expect(found?.body.toString()).toBe("after");
    expect(found?.metadata).toEqual({ n: "2" });
    if (!traits.keepsVersions) return;
    const versions = await versionsOf(store(), key);
    expect(versions.map((version) => version.size)).toEqual([5, 6]);
    expect(await textOf(store(), key, versions[1]!.versionId)).toBe("before");
  });

  test(
    "an upload may follow a killed one of the same key",
    async () => {
      const key = `${folder()}/a`;
      const left = await (await reopen()).upload(key);
      await left.write(manyBytes(6_000_000, 5));
      // Nobody completes or gives up the first.
      const upload = await store().upload(key);
      await upload.write(Buffer.from("second"));
      await upload.complete();
      expect(await textOf(store(), key)).toBe("second");
      await left.abort();
      expect(await textOf(store(), key)).toBe("second");
    },
    LONG_MS,
  );
}
