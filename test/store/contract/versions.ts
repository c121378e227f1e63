import { expect, test } from "bun:test";
import type { ObjectVersion } from "../../../src/core/store/object-store.ts";
import { allOf, type ContractSubject, LONG_MS, textOf, versionsOf } from "./subject.ts";

export function testVersions({ store, reopen, folder }: ContractSubject): void {
  test("versions and deletions are listed newest first, with what they are", async () => {
    const key = `${folder()}/a`;
    const ids = [
      (await store().put(key, "one")).versionId,
      (await store().put(key, "three")).versionId,
      (await store().delete(key)).versionId!,
      (await store().put(key, "")).versionId,
    ];
    const versions = await versionsOf(await reopen(), key);
    expect(versions.map((version) => version.versionId)).toEqual([...ids].reverse());
    expect(versions.map(({ deleted, size }) => ({ deleted, size }))).toEqual([
      { deleted: false, size: 0 },
      { deleted: true, size: 0 },
      { deleted: false, size: 5 },
      { deleted: false, size: 3 },
    ]);
    for (const version of versions) {
      expect(version.key).toBe(key);
      expect(version.archived).toBe(false);
      expect(Math.abs(version.modified - Date.now())).toBeLessThan(60_000);
    }
    const times = versions.map((version) => version.modified);
    expect(times).toEqual([...times].sort((one, other) => other - one));
  });

  test("every version can be got by its id", async () => {
    const key = `${folder()}/a`;
    const one = await store().put(key, "one", { metadata: { n: "1" } });
    const two = await store().put(key, "two");
    const deletion = await store().delete(key);
    const other = await reopen();
    const found = await other.get(key, one.versionId);
    expect(found?.body.toString()).toBe("one");
    expect(found?.metadata).toEqual({ n: "1" });
    expect(found?.versionId).toBe(one.versionId);
    expect(await textOf(other, key, two.versionId)).toBe("two");
    expect(await other.get(key, deletion.versionId)).toBeUndefined();
    expect(await other.get(key)).toBeUndefined();
  });

  test("the only version of an object can be got by its id, and keeps it", async () => {
    const key = `${folder()}/a`;
    const { versionId } = await store().put(key, "one");
    expect(await textOf(store(), key, versionId)).toBe("one");
    expect((await versionsOf(store(), key)).map((version) => version.versionId)).toEqual([versionId]);
    await store().put(key, "two");
    expect((await versionsOf(store(), key))[1]?.versionId).toBe(versionId);
    expect(await textOf(store(), key, versionId)).toBe("one");
  });

  test("an id that the key has not got is undefined", async () => {
    const name = folder();
    const { versionId } = await store().put(`${name}/a`, "one");
    await Bun.sleep(5);
    await store().put(`${name}/b`, "two");
    const third = await store().put(`${name}/b`, "three");
    expect(await store().get(`${name}/b`, versionId)).toBeUndefined();
    expect(await store().get(`${name}/a`, third.versionId)).toBeUndefined();
    expect(await store().metadata(`${name}/a`, third.versionId)).toBeUndefined();
    expect(await store().get(`${name}/absent`, versionId)).toBeUndefined();
    expect(await store().metadata(`${name}/absent`, versionId)).toBeUndefined();
    expect(await versionsOf(store(), `${name}/absent`)).toEqual([]);
  });

  test(
    "the order holds within one second",
    async () => {
      const key = `${folder()}/a`;
      const written: string[] = [];
      for (let index = 0; index < 40; index++) {
        const { versionId } =
          index % 7 === 3 ? await store().delete(key) : await store().put(key, `content ${index}`);
        written.push(versionId!);
      }
      const versions = await versionsOf(await reopen(), key);
      expect(versions.map((version) => version.versionId)).toEqual(written.reverse());
      for (const [index, version] of versions.entries()) {
        const text = await textOf(store(), key, version.versionId);
        const number = 39 - index;
        expect(text).toBe(number % 7 === 3 ? undefined : `content ${number}`);
      }
    },
    LONG_MS,
  );

  test("each version and deletion has its own metadata", async () => {
    const key = `${folder()}/a`;
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) {
      ids.push((await store().put(key, `${n}`, { metadata: { n: `${n}`, event: "MODIFY" } })).versionId);
    }
    ids.push((await store().delete(key, { metadata: { n: "3", event: "REMOVE" } })).versionId!);
    const bare = (await store().put(key, "bare")).versionId;
    const other = await reopen();
    for (const [n, id] of ids.entries()) {
      expect(await other.metadata(key, id)).toEqual({ n: `${n}`, event: n === 3 ? "REMOVE" : "MODIFY" });
    }
    expect(await other.metadata(key, bare)).toEqual({});
    expect(await versionsOf(other, key).then((versions) => versions.map((v) => v.versionId))).toEqual([
      bare,
      ...ids.reverse(),
    ]);
    expect((await other.get(key, ids.at(-1)))?.metadata).toEqual({ n: "0", event: "MODIFY" });
  });

  test("deleting an absent object leaves a mark with its metadata", async () => {
    const key = `${folder()}/a`;
    const { versionId } = await store().delete(key, { metadata: { event: "REMOVE" } });
    const versions = await versionsOf(store(), key);
    expect(versions.map((version) => [version.versionId, version.deleted])).toEqual([[versionId!, true]]);
    expect(await store().metadata(key, versionId!)).toEqual({ event: "REMOVE" });
    expect(await store().get(key)).toBeUndefined();
  });

  test("versions of a key are not those of a key that begins with its name", async () => {
    const name = folder();
    const keys = ["a", "aa", "a.json", "a-1", "a0"].map((key) => `${name}/${key}`);
    for (const key of keys) {
      await store().put(key, "1");
      await store().put(key, "2");
    }
    for (const key of keys) {
      expect((await versionsOf(store(), key)).map((version) => version.key)).toEqual([key, key]);
    }
    expect(await versionsOf(store(), name)).toEqual([]);
  });

  test(
    "a folder's versions come with all of one key in one page",
    async () => {
      const name = folder();
      const expected = new Map<string, string[]>();
      const record = (key: string, versionId: string | undefined) =>
        expected.set(key, [versionId!, ...(expected.get(key) ?? [])]);
      for (let key = 0; key < 120; key++) {
        const path = `${name}/folder/${key % 4 === 0 ? "sub/" : ""}${key}`;
        for (let version = 0; version <= key % 5; version++) {
          record(path, (await store().put(path, `${version}`)).versionId);
        }
        if (key % 3 === 0) record(path, (await store().delete(path)).versionId);
      }
      const many = `${name}/folder/many`;
      for (let version = 0; version < 1_100; version++) {
        record(many, (await store().put(many, `${version}`)).versionId);
      }
      await store().put(`${name}/folder2/a`, "x");

      const seen = new Map<string, ObjectVersion[]>();
      for await (const page of (await reopen()).versions({ folder: `${name}/folder` })) {
        const inPage = Map.groupBy(page, (version) => version.key);
        for (const [key, versions] of inPage) {
          expect(seen.has(key), `${key} is in two pages`).toBe(false);
          seen.set(key, versions);
        }
      }
      const found = new Map([...seen].map(([key, versions]) => [key, versions.map((v) => v.versionId)]));
      expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [key, ids] of expected) expect(found.get(key), key).toEqual(ids);
      expect((await allOf(store().versions({ key: many }))).length).toBe(1_100);
    },
    LONG_MS,
  );
}
