import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { KeySchema } from "../../../src/core/item/attribute-value.ts";
import { newPlace, STORE_KINDS, type TestPlace, withPlace } from "../../helpers/stores.ts";
import { failureOf, jsonOf, readAll, readPlace, withSource } from "./opened.ts";
import { nameOf, putVersions, type StoredVersion, type Wire, writeVersions } from "./stored-history.ts";

const SCHEMA: KeySchema = [{ name: "id", type: "S" }];
const signal = new AbortController().signal;
const keyOf = (id: string) => ({ id: { S: id } });
const item = (id: string, n: number): Wire => ({ ...keyOf(id), n: { N: `${n}` } });
const name = (id: string) => nameOf(keyOf(id));

/** The record `a` as the folder has it, read both as one of all and by its key. */
async function recordAt(place: TestPlace, folder: string, at: number): Promise<unknown> {
  return withSource(place, folder, { at }, async (source) => {
    expect(source).toMatchObject({ kind: "folder", asOf: at });
    const found = await source.find!([keyOf("a"), keyOf("other")], SCHEMA, signal);
    const all = await readAll(source);
    const [one, none] = all.items.filter((text) => JSON.parse(text).id.S === "a");
    expect(none).toBeUndefined();
    const read = one === undefined ? undefined : JSON.parse(one);
    expect(found.find(({ id }) => JSON.stringify(id) === '{"S":"a"}')).toEqual(read);
    return read?.n.N;
  });
}

/** A moment in a year gone by, at the beginning of a second; versions and moments are so many milliseconds after it. */
const T = Date.parse("2025-05-05T05:05:05.000Z");
const version = (n: number | undefined, stored: number, event?: number) => ({
  item: n === undefined ? undefined : item("a", n),
  stored: T + stored,
  ...(event !== undefined && { event: T + event }),
});

describe("a moment is that of the events", () => {
  /** What happened, as it was stored, and what the record was when. */
  const cases: [string, ReturnType<typeof version>[], [at: number, n: string | undefined][]][] = [
    [
      "a stream that is behind",
      [version(1, 1_100, 1_001), version(2, 9_001, 2_001), version(3, 9_002, 3_001)],
      [
        [1_000, undefined],
        [1_001, "1"],
        [2_000, "1"],
        [2_001, "2"],
        [3_000, "2"],
        [3_001, "3"],
        [20_000, "3"],
      ],
    ],
    [
      "deletions, too",
      [version(1, 1_001, 501), version(undefined, 9_001, 2_001), version(3, 9_002, 3_001)],
      [
        [500, undefined],
        [501, "1"],
        [2_000, "1"],
        [2_001, undefined],
        [3_000, undefined],
        [3_001, "3"],
      ],
    ],
    [
      "nothing recorded: when it was stored",
      [version(1, 1_001), version(2, 5_001), version(undefined, 6_001)],
      [
        [1_000, undefined],
        [1_001, "1"],
        [5_000, "1"],
        [5_001, "2"],
        [6_001, undefined],
      ],
    ],
    [
      "what was stored after a later one without a time is not looked at",
      [version(1, 1_001), version(2, 6_001), version(2, 9_001, 3_001), version(3, 9_002, 7_001)],
      [
        [5_000, "1"],
        [6_001, "2"],
        [7_000, "2"],
        [7_001, "3"],
      ],
    ],
    [
      "a batch that was delivered twice",
      [
        version(1, 1_501, 1_001),
        version(2, 2_501, 2_001),
        version(1, 8_001, 1_001),
        version(2, 8_101, 2_001),
      ],
      [
        [1_600, "1"],
        [2_100, "2"],
        [2_600, "2"],
        [8_200, "2"],
      ],
    ],
    [
      "only the second is known of the storing",
      [version(1, 2_000, 2_100), version(2, 2_000, 2_700), version(3, 3_000, 2_900), version(4, 3_000)],
      [
        [1_999, undefined],
        [2_099, undefined],
        [2_100, "1"],
        [2_699, "1"],
        [2_700, "2"],
        [2_900, "3"],
        [2_999, "3"],
        [3_000, "4"],
      ],
    ],
  ];

  test.each(cases)("%s", async (_, versions, moments) => {
    await withPlace("directory", async (place) => {
      const folder = `${place.url}/f`;
      await writeVersions(folder, name("a"), versions);
      await writeVersions(folder, name("other"), [{ item: item("other", 0), stored: T - 9_000 }]);
      for (const [at, n] of moments) expect([at, await recordAt(place, "f", T + at)]).toEqual([at, n!]);
    });
  });

  test("on s3, deletions included", async () => {
    await withPlace("s3", async (place) => {
      const now = Date.now();
      const versions: StoredVersion[] = [
        { item: item("a", 1), event: now - 4_000 },
        { item: item("a", 2), event: now - 3_000 },
        { item: undefined, event: now - 2_000 },
        { item: item("a", 4), event: now - 1_000 },
      ];
      await putVersions(place, `f/${name("a")}`, versions);
      await putVersions(place, `f/${name("other")}`, [{ item: item("other", 0), event: now - 9_000 }]);
      const found = [];
      for (const ago of [4_001, 4_000, 2_500, 1_500, 1_000])
        found.push(await recordAt(place, "f", now - ago));
      expect(found).toEqual([undefined, "1", "2", undefined, "4"]);
    });
  });

  test("costs a request more for what changed since, and none for the rest", async () => {
    await withPlace("s3", async (place) => {
      const ids = Array.from({ length: 12 }, (_, at) => `r${at}`);
      const first = { event: Date.now() - 5_000 };
      await Promise.all(
        ids.map((id) => putVersions(place, `f/${name(id)}`, [{ item: item(id, 1), ...first }])),
      );
      // A version of the second before the moment is looked at as well where its time may be one that was cut.
      await Bun.sleep(1_000);
      const at = Date.now();
      await Bun.sleep(1_100);
      for (const id of ids.slice(0, 3)) {
        const later = [2, 3, 4].map((n) => ({ item: item(id, n), event: Date.now() }));
        await putVersions(place, `f/${name(id)}`, later);
      }
      await withSource(place, "f", { at }, async (source) => {
        const asked: string[] = [];
        source.observe({ answered: ({ operation }) => asked.push(operation), retried: () => {} });
        expect((await readAll(source)).items).toEqual(jsonOf(ids.map((id) => item(id, 1))));
        expect(asked.filter((operation) => operation === "HeadObject")).toHaveLength(3);
      });
    });
  });
});

for (const kind of STORE_KINDS) {
  describe(`an incremental folder, on ${kind}`, () => {
    let place: TestPlace;
    const items = Array.from({ length: 30 }, (_, at) => item(`r${at}`, at));
    beforeAll(async () => {
      place = await newPlace(kind);
      const put = (object: string, body: string) => place.put(`backups/orders/${object}`, body);
      await Promise.all(
        items.map((one, at) => put(name(`r${at}`), `${JSON.stringify(one)}${at === 0 ? "\n" : ""}`)),
      );
      // A record with a second object, and one that has only an older one.
      await put(nameOf(keyOf("r1"), "md5"), JSON.stringify(item("r1", -1)));
      await put(nameOf(keyOf("old"), "md5"), JSON.stringify(item("old", 99)));
      await put("notes.txt", "hello");
      await put("e".repeat(64), "no item");
      await put("f".repeat(64), JSON.stringify(item("r2", -2)));
      await place.remove(`backups/orders/${name("r29")}`);
    });
    afterAll(() => place.drop());

    // The last is named as no record is, and counts as one all the same: its body is one.
    const expected = jsonOf([...items.slice(0, 29), item("old", 99), item("r2", -2)]);
    const foreign = [`${"e".repeat(64)}: is not JSON`, "notes.txt: its name is no record's"];

    test.each([
      ["backups", "orders"],
      ["backups/orders", "orders"],
      ["backups/orders", "restored"],
      ["backups/orders", undefined],
    ])("in %s for the table %s: each record once, what is none told", async (path, table) => {
      await withSource(place, path, table === undefined ? {} : { table }, async (source) => {
        expect(source).toMatchObject({ kind: "folder", name: `${place.url}/${path}`, asOf: undefined });
        expect(await readAll(source)).toEqual({ items: expected, deleted: [], foreign });
      });
    });

    test("gives single records by their keys", async () => {
      await withSource(place, "backups", { table: "orders" }, async (source) => {
        const keys = ["r1", "r5", "old", "r29", "never"].map(keyOf);
        const found = await source.find!(keys, SCHEMA, signal);
        expect(jsonOf(found)).toEqual(jsonOf([item("r1", 1), item("r5", 5), item("old", 99)]));
      });
    });

    test("tells the requests that it makes", async () => {
      await withSource(place, "backups", { table: "orders" }, async (source) => {
        let answered = 0;
        source.observe({ answered: () => answered++, retried: () => {} });
        await source.find!([keyOf("r5")], SCHEMA, signal);
        expect(answered).toBeGreaterThan(0);
      });
    });

    test("at a moment before it was begun is refused, and so is what holds no record", async () => {
      const at = Date.parse("2020-02-29T00:00:00Z");
      const early = await failureOf(readPlace(place, "backups", { table: "orders", at }));
      expect(early.text).toMatch(/orders: held no record yet at 2020-02-29T00:00:00.000Z - /);
      expect(early.code).toBe("no-such-object");
      await place.put("strange/orders/notes.txt", "hello");
      const strange = await failureOf(readPlace(place, "strange", { table: "orders" }));
      expect(strange.text).toMatch(/strange\/orders: holds no record, only other objects/);
    });

    if (kind === "s3") {
      test("whose records were all deleted holds none now, and did before", async () => {
        await place.put(`gone/orders/${name("a")}`, JSON.stringify(item("a", 1)));
        const at = Date.now();
        await Bun.sleep(20);
        await place.remove(`gone/orders/${name("a")}`);
        for (const [path, table] of [["gone", "orders"], ["gone/orders"]] as const) {
          const request = table === undefined ? {} : { table };
          expect((await readPlace(place, path!, request)).items).toEqual([]);
          expect((await readPlace(place, path!, { ...request, at })).items).toHaveLength(1);
        }
      });
    }
  });
}
