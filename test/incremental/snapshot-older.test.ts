import { describe, expect, test } from "bun:test";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { STORE_KINDS, withPlace } from "../helpers/stores.ts";
import { hashName, idName, type WireItem } from "./diff-backups.ts";
import { eventsOf, snapshot, snapshotLines } from "./folding.ts";

const item = (id: string, note: string) => ({ id: { S: id }, note: { S: note }, list: { L: [] } });
const visit = (pk: string, at: number, note: string) => ({
  pk: { S: pk },
  at: { N: `${at}` },
  note: { S: note },
});
const md5Name = ({ id }: WireItem) => hashName({ id }, "md5");

describe.each(STORE_KINDS)("a folder of older names and new ones, on %s", (kind) => {
  test("each record is folded once: from its own name, or from the older one where there is no other", async () => {
    await withPlace(kind, async (place) => {
      const put = (name: string, body: unknown) => place.put(`f/${name}`, JSON.stringify(body));
      const expected = [item("other", "under a name of nothing")];
      await put("0".repeat(32), expected[0]);
      for (let at = 0; at < 40; at++) {
        const id = `r${at}`;
        if (at % 4 !== 0) await put(md5Name(item(id, "")), item(id, "older"));
        if (at % 2 === 0) await put(idName(item(id, "")), item(id, "own"));
        expected.push(item(id, at % 2 === 0 ? "own" : "older"));
      }
      // Its own object is no record: the older one is all there is.
      await put(idName(item("r1", "")), "no item");
      // Times of files are rounded to milliseconds.
      await Bun.sleep(2);
      const options = [
        ["--manifest", "--json"],
        ["--json", "--at", new Date().toISOString()],
      ];
      for (const words of options) {
        const result = await snapshot(place, "f", "out.gz", { options: words });
        expect(result.code, result.stdout).toBe(0);
        expect(await snapshotLines(place, "out.gz")).toEqual(
          expected.map((one) => JSON.stringify(one)).sort(),
        );
        const manifest = JSON.parse((await place.get("out.gz.manifest.json"))!.toString());
        expect(manifest).toMatchObject({ items: expected.length, foreign: 1, duplicates: 10 });
        const warnings = eventsOf(result).filter(({ event }) => event === "warning");
        expect(warnings.map(({ message }) => message)).toEqual([
          expect.stringMatching(/under older names left out .*: 10;/),
        ]);
      }
    });
  });

  test("of a key of two attributes too, whatever their order", async () => {
    await withPlace(kind, async (place) => {
      const names = ({ pk, at }: WireItem) => [
        hashName({ at, pk }),
        hashName({ at, pk }, "md5"),
        hashName({ pk, at }),
        hashName({ pk, at }, "md5"),
      ];
      const put = (name: string, body: unknown) => place.put(`f/${name}`, JSON.stringify(body));
      const expected: WireItem[] = [];
      // Every set of names that a record can have: the first of them counts.
      for (let set = 1; set < 16; set++) {
        const has = [0, 1, 2, 3].filter((name) => set & (1 << name));
        for (const name of has) await put(names(visit("x", set, ""))[name]!, visit("x", set, `${name}`));
        expected.push(visit("x", set, `${has[0]}`));
      }
      const result = await snapshot(place, "f", "out.gz");
      expect(result.code, result.stdout).toBe(0);
      expect(await snapshotLines(place, "out.gz")).toEqual(expected.map((one) => JSON.stringify(one)).sort());
    });
  });
});

test("a snapshot whose new manifest cannot be written does not stand beside the old one", async () => {
  await withPlace("s3", async (place) => {
    await place.put(`f/${idName(item("a", ""))}`, JSON.stringify(item("a", "")));
    expect((await snapshot(place, "f", "out.gz", { options: ["--manifest"] })).code).toBe(0);
    const before = await place.get("out.gz");
    await place.put(`f/${idName(item("b", ""))}`, JSON.stringify(item("b", "")));
    // The snapshot itself is the first object that is put.
    const rules = [{ fault: { kind: "access-denied" } as const, operations: ["PUT"], nth: 2 }];
    const proxy = await startFaultProxy({ target: s3Endpoint(), rules });
    try {
      const result = await snapshot(place, "f", "out.gz", { endpoint: proxy.url, options: ["--plain"] });
      expect(result.code).toBe(2);
      expect(result.stdout).toContain("not allowed to PutObject");
      expect(await place.get("out.gz")).not.toEqual(before);
      expect(await place.keys()).not.toContain("out.gz.manifest.json");
      expect((await snapshot(place, "f", "out.gz", { options: ["--manifest"] })).code).toBe(0);
      expect(await place.keys()).toContain("out.gz.manifest.json");
    } finally {
      await proxy.stop();
    }
  });
});
