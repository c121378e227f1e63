import { describe, expect, test } from "bun:test";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { s3Endpoint } from "../helpers/s3.ts";
import { STORE_KINDS, withPlace } from "../helpers/stores.ts";
import { UNSAFE } from "../item/unsafe-text.ts";
import { eventsOf, idName, MINUTES, snapshot, snapshotLines } from "./folding.ts";

const RECORD = '{"id":{"S":"a"}}';
const name = (digit: string) => digit.repeat(64);

/** What may come to lie in a folder, and what is said of it. */
const FOREIGN: Record<string, { body: string | Uint8Array; reason: string }> = {
  "README.md": { body: "# Backups\n", reason: "its name is no record's" },
  [`sub/${name("0")}`]: { body: RECORD, reason: "its name is no record's" },
  [name("0").slice(1)]: { body: RECORD, reason: "its name is no record's" },
  [name("A")]: { body: RECORD, reason: "its name is no record's" },
  "nul [31m red": { body: RECORD, reason: "its name is no record's" },
  [name("1")]: { body: '{"id":"a"}', reason: "is not an item in wire form" },
  [name("2")]: { body: '{"Item":{"id":{"S":"a"}}}', reason: "is not an item in wire form" },
  [name("3")]: { body: "<!doctype html><title>Not found</title>", reason: "is not JSON" },
  [name("4")]: { body: "", reason: "is empty" },
  [name("5")]: { body: `${RECORD}\n${RECORD}`, reason: "is not JSON" },
  [name("6")]: { body: RECORD.slice(0, -1), reason: "is not JSON" },
  [name("7")]: { body: "{}", reason: "is not an item in wire form" },
  [name("8")]: { body: "[]", reason: "is not an item in wire form" },
  [name("9")]: { body: '{"id":{"S":"a","N":"1"}}', reason: "is not an item in wire form" },
  [name("b")]: { body: '{"id":{"N":5}}', reason: "is not an item in wire form" },
  [name("c")]: { body: Buffer.from('{"id":{"S":"\xff"}}', "latin1"), reason: "is not UTF-8 text" },
  [name("d").slice(32)]: { body: "null", reason: "is not an item in wire form" },
};

describe.each(STORE_KINDS)("in a folder on %s", (kind) => {
  test("what is no record is named, counted and passed over", async () => {
    await withPlace(kind, async (place) => {
      await place.put(`records/${idName("a")}`, RECORD);
      for (const [key, { body }] of Object.entries(FOREIGN)) await place.put(`records/${key}`, body);
      const result = await snapshot(place, "records", "out.gz", { options: ["--json", "--manifest"] });
      expect(result.code, result.stdout).toBe(0);
      const events = eventsOf(result);
      const named = events.filter(({ event }) => event === "foreign");
      expect(Object.fromEntries(named.map(({ object, reason }) => [object, reason]))).toEqual(
        Object.fromEntries(Object.entries(FOREIGN).map(([key, { reason }]) => [key, reason])),
      );
      expect(named).toHaveLength(Object.keys(FOREIGN).length);
      expect(events.at(-1)).toMatchObject({
        event: "finished",
        outcome: "complete",
        totals: { read: 1, written: 1, foreign: named.length },
      });
      expect(await snapshotLines(place, "out.gz")).toEqual([RECORD]);
      const manifest = JSON.parse((await place.get("out.gz.manifest.json"))!.toString());
      expect(manifest).toMatchObject({ items: 1, foreign: named.length });
    });
  });

  test("a folder with nothing but other objects is refused, and what was there before stays", async () => {
    await withPlace(kind, async (place) => {
      // As when the folder that holds the tables' folders is named instead of one of them.
      await place.put(`all/orders/${idName("a")}`, RECORD);
      await place.put("all.gz", "older");
      const { code, stdout } = await snapshot(place, "all", "all.gz", { options: ["--plain"] });
      expect(code).toBe(2);
      expect(stdout).toMatch(
        /\[summary\] failed: [^\n]*\/all: holds no record, only other objects - name the/,
      );
      expect((await place.get("all.gz"))!.toString()).toBe("older");
      expect(await place.litter()).toEqual([]);
    });
  });
});

test("names on a terminal's way are escaped", async () => {
  const odd = "\u202ereversed\u0085";
  for (const kind of STORE_KINDS) {
    await withPlace(kind, async (place) => {
      await place.put(`records/${idName("a")}`, RECORD);
      // A directory's names may be anything; what no key can be is not listed there.
      await place.put(`records/${odd}`, RECORD);
      await place.put(`records/${name("e")}`, '"\u001b[31m"');
      for (const option of ["--plain", "--json", "--quiet"]) {
        const { code, stdout } = await snapshot(place, "records", "out.gz", { options: [option] });
        expect(code, stdout).toBe(0);
        expect(stdout.replaceAll("\n", "")).not.toMatch(UNSAFE);
        if (option === "--quiet") continue;
        expect(stdout).toContain(name("e"));
        if (kind === "s3") expect(stdout).toContain("reversed");
      }
    });
  }
});

test(
  "what is deleted while it is folded is there or not, and all else is there",
  async () => {
    await withPlace("s3", async (place) => {
      const records = Array.from({ length: 300 }, (_, n) => `{"id":{"S":"key-${n}"}}`);
      const keys = records.map((_, n) => `records/${idName(`key-${n}`)}`);
      await Promise.all(keys.map((key, n) => place.put(key, records[n]!)));
      let removed: Promise<unknown> | undefined;
      const proxy = await startFaultProxy({
        target: s3Endpoint(),
        // Both listings have been answered by the first reads.
        onRequest(_operation, _body, call) {
          if (call < 20) return undefined;
          removed ??= Promise.all(keys.slice(0, 100).map((key) => place.remove(key)));
          return removed;
        },
      });
      try {
        const result = await snapshot(place, "records", "out.gz", {
          endpoint: proxy.url,
          options: ["--json", "--reads", "8"],
        });
        expect(result.code, result.stdout).toBe(0);
        const lines = await snapshotLines(place, "out.gz");
        const gone = records.filter((record) => !lines.includes(record));
        expect(gone.length).toBeGreaterThan(50);
        expect(records.indexOf(gone[0]!)).toBeLessThan(100);
        expect([...lines, ...gone].sort()).toEqual(records.toSorted());
        expect(gone.every((record) => records.indexOf(record) < 100)).toBe(true);
        expect(eventsOf(result).at(-1)).toMatchObject({
          totals: { read: lines.length, written: lines.length, foreign: 0 },
        });
      } finally {
        await proxy.stop();
      }
    });
  },
  MINUTES,
);
