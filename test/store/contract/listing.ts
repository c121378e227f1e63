import { expect, test } from "bun:test";
import pLimit from "p-limit";
import { allOf, type ContractSubject, keysUnder, LONG_MS } from "./subject.ts";

export function testListing({ store, folder, alone }: ContractSubject): void {
  test("a folder holds what is under it, at any depth, and nothing beside it", async () => {
    const name = folder();
    const inside = ["a", "b/c", "b/d/e", "b/d/f/g", "folder/a"].map((key) => `${name}/folder/${key}`);
    const beside = ["folder2/a", "folder-/a", "folder.x", "folder0", "folde/a", "older", "z/folder/a"].map(
      (key) => `${name}/${key}`,
    );
    for (const key of [...inside, ...beside]) await store().put(key, "x");
    expect(await keysUnder(store(), `${name}/folder`)).toEqual([...inside].sort());
    expect(await keysUnder(store(), `${name}/folder/b/d`)).toEqual([
      `${name}/folder/b/d/e`,
      `${name}/folder/b/d/f/g`,
    ]);
    expect(await keysUnder(store(), name)).toEqual([...inside, ...beside].sort());
  });

  test("everything is listed without a folder", () =>
    alone(async ({ store, reopen }) => {
      expect(await keysUnder(store, "")).toEqual([]);
      for (const key of ["a", "b/c", "b/d/e"]) await store.put(key, "x");
      expect(await keysUnder(await reopen(), "")).toEqual(["a", "b/c", "b/d/e"]);
      expect((await allOf(store.versions({ folder: "" }))).map(({ key }) => key).sort()).toEqual([
        "a",
        "b/c",
        "b/d/e",
      ]);
    }));

  test("an absent folder, an object's key and a folder of deleted objects are empty", async () => {
    const name = folder();
    expect(await keysUnder(store(), `${name}/absent`)).toEqual([]);
    expect(await allOf(store().versions({ folder: `${name}/absent` }))).toEqual([]);
    await store().put(`${name}/deleted/a`, "x");
    await store().delete(`${name}/deleted/a`);
    expect(await keysUnder(store(), `${name}/deleted`)).toEqual([]);
    await store().put(`${name}/object`, "x");
    expect(await keysUnder(store(), `${name}/object`)).toEqual([]);
    expect(await allOf(store().versions({ folder: `${name}/object` }))).toEqual([]);
  });

  test(
    "2,500 keys are listed exactly once, with hex names as an incremental folder has them",
    async () => {
      const name = folder();
      const hash = (index: number) => new Bun.CryptoHasher("sha256").update(String(index)).digest("hex");
      const keys = [
        ...Array.from({ length: 2_300 }, (_, index) => `${name}/${hash(index)}`),
        // All of one prefix, and some below.
        ...Array.from({ length: 150 }, (_, index) => `${name}/ab${index}`),
        ...Array.from({ length: 50 }, (_, index) => `${name}/sub/${index % 3}/${index}`),
      ];
      const limit = pLimit(32);
      await Promise.all(keys.map((key) => limit(() => store().put(key, key))));
      const listed: string[] = [];
      for await (const page of store().list(name)) {
        expect(page.length).toBeGreaterThan(0);
        expect(page.length).toBeLessThanOrEqual(1_000);
        listed.push(...page);
      }
      expect(listed.length).toBe(keys.length);
      expect(listed.sort()).toEqual([...keys].sort());
      const versions = await allOf(store().versions({ folder: name }));
      expect(versions.map(({ key }) => key).sort()).toEqual(listed);

      // In ranges that meet they are listed as often, in order.
      const cuts = ["", "2", "2f0", "ab17", "ab18", "c"].map((cut) => `${name}/${cut}`);
      const ranged: string[] = [];
      for (const [index, after] of cuts.entries()) {
        const range = { after, until: cuts[index + 1] };
        const keysOf = await allOf(store().list(name, undefined, range));
        const versionsOf = await allOf(store().versions({ folder: name, range }));
        expect(versionsOf.map(({ key }) => key)).toEqual(keysOf);
        ranged.push(...keysOf);
      }
      expect(ranged).toEqual(listed);
      const [first, second] = listed;
      expect(await allOf(store().list(name, undefined, { after: first, until: second }))).toEqual([second!]);
    },
    LONG_MS,
  );

  test("a reader may stop in the middle, and list again", async () => {
    const name = folder();
    for (const key of ["a", "b", "c/d"]) await store().put(`${name}/${key}`, "x");
    for await (const page of store().list(name)) {
      expect(page.length).toBeGreaterThan(0);
      break;
    }
    for await (const _ of store().versions({ folder: name })) break;
    expect((await keysUnder(store(), name)).length).toBe(3);
  });

  test("what is deleted while listing does not disturb the rest", async () => {
    const name = folder();
    const stay = Array.from({ length: 30 }, (_, index) => `${name}/stay-${index}`);
    const go = Array.from({ length: 30 }, (_, index) => `${name}/go-${index}`);
    for (const key of [...stay, ...go]) await store().put(key, "x");
    const [listed] = await Promise.all([
      keysUnder(store(), name),
      Promise.all(go.map((key) => store().delete(key))),
    ]);
    expect(listed.filter((key) => key.includes("/stay-"))).toEqual([...stay].sort());
    expect(new Set(listed).size).toBe(listed.length);
  });
}
