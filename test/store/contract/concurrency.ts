import { expect, test } from "bun:test";
import { type ContractSubject, LONG_MS, textOf, versionsOf } from "./subject.ts";

export function testConcurrency({ store, reopen, folder, traits }: ContractSubject): void {
  test(
    "writers of one key lose no version, and all see the same order",
    async () => {
      const key = `${folder()}/contended`;
      const stores = [store(), await reopen(), await reopen()];
      const written = new Map<string, string | undefined>();
      await Promise.all(
        stores.map(async (writer, who) => {
          for (let n = 0; n < 15; n++) {
            const text = n % 5 === 4 ? undefined : `writer ${who}, write ${n}`;
            const { versionId } =
              text === undefined
                ? await writer.delete(key)
                : await writer.put(key, text, n % 2 === 0 ? { metadata: { who: `${who}` } } : {});
            if (traits.keepsVersions) {
              expect(written.has(versionId!)).toBe(false);
              written.set(versionId!, text);
            }
          }
        }),
      );
      const current = await textOf(store(), key);
      for (const other of stores) expect(await textOf(other, key)).toBe(current);
      if (!traits.keepsVersions) return;

      const versions = await versionsOf(store(), key);
      const ids = versions.map((version) => version.versionId);
      expect([...ids].sort()).toEqual([...written.keys()].sort());
      for (const other of stores) {
        expect((await versionsOf(other, key)).map((version) => version.versionId)).toEqual(ids);
      }
      for (const { versionId, deleted } of versions) {
        const text = written.get(versionId);
        expect(deleted).toBe(text === undefined);
        expect(await textOf(store(), key, versionId)).toBe(text);
      }
      expect(current).toBe(written.get(ids[0]!));
      // Each writer's own writes took effect in the order in which it made them.
      for (let who = 0; who < stores.length; who++) {
        const own = ids.map((id) => written.get(id)).filter((text) => text?.startsWith(`writer ${who},`));
        const numbers = own.map((text) => Number(text!.split(" ").at(-1)));
        expect(numbers).toEqual([...numbers].sort((one, other) => other - one));
      }
    },
    LONG_MS,
  );

  test(
    "first writers of one key lose no version, with metadata or without",
    async () => {
      const name = folder();
      const stores = [store(), await reopen(), await reopen()];
      const keys = Array.from({ length: 40 }, (_, index) => `${name}/${index}`);
      const check = async (key: string) => {
        const ids = await Promise.all(
          stores.map(async (writer, who) => {
            const options = who === 1 ? { metadata: { who: "1" } } : {};
            return (await writer.put(key, `${who}`, options)).versionId;
          }),
        );
        if (!traits.keepsVersions) return;
        const versions = await versionsOf(store(), key);
        expect(versions.map((version) => version.versionId).sort()).toEqual([...ids].sort());
        expect((await store().get(key))?.versionId).toBe(versions[0]!.versionId);
        for (const [who, id] of ids.entries()) expect(await textOf(store(), key, id)).toBe(`${who}`);
      };
      await Promise.all(keys.map(check));
    },
    LONG_MS,
  );

  test(
    "readers beside a writer see whole objects, each as old as the last or newer",
    async () => {
      const key = `${folder()}/a`;
      const body = (n: number) => Buffer.alloc(50_000 + n, `${n}`.padStart(5, "0"));
      await store().put(key, body(0));
      const reader = await reopen();
      let done = false;
      const writing = (async () => {
        for (let n = 1; n <= 40; n++) await store().put(key, body(n));
        done = true;
      })();
      const ids = new Map<string, number>();
      let last = 0;
      while (!done) {
        const found = await reader.get(key);
        const n = found!.body.length - 50_000;
        expect(found!.body.equals(body(n))).toBe(true);
        expect(n).toBeGreaterThanOrEqual(last);
        // Without versions all may have the same id.
        if (traits.keepsVersions) expect(ids.get(found!.versionId) ?? n).toBe(n);
        ids.set(found!.versionId, n);
        last = n;
      }
      await writing;
      expect((await reader.get(key))?.body.length).toBe(50_040);
    },
    LONG_MS,
  );

  test(
    "hundreds of objects can be written and read at once",
    async () => {
      const name = folder();
      const keys = Array.from({ length: 300 }, (_, index) => `${name}/${index % 7}/${index}`);
      await Promise.all(keys.map((key) => store().put(key, key)));
      const texts = await Promise.all(keys.map((key) => textOf(store(), key)));
      expect(texts).toEqual(keys);
    },
    LONG_MS,
  );
}
