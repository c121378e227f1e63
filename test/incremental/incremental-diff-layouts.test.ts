import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { order } from "../helpers/orders.ts";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { createTable, type KeySchema, type TestTable } from "../helpers/table.ts";
import { events, hashName, idName, incrementalDiff, type WireItem, writeFolder } from "./diff-backups.ts";
import { backfill } from "./folding.ts";

const COMPOSITE: KeySchema = { hash: { name: "zone", type: "S" }, range: { name: "at", type: "N" } };

const visit = (zone: string, at: number, note = "") => ({
  zone: { S: zone },
  at: { N: String(at) },
  note: { S: note },
});
type Visit = ReturnType<typeof visit>;

/** A composite record's name in every layout there is: the key's attributes in alphabetical order, or not. */
const LAYOUTS: Record<string, (item: WireItem) => string> = {
  "SHA-256, alphabetical": ({ zone, at }) => hashName({ at, zone }),
  "SHA-256, in the schema's order": ({ zone, at }) => hashName({ zone, at }),
  "MD5, alphabetical": ({ zone, at }) => hashName({ at, zone }, "md5"),
  "MD5, in the schema's order": ({ zone, at }) => hashName({ zone, at }, "md5"),
};

let visits: TestTable;
let orders: TestTable;
const VISITS = Array.from({ length: 30 }, (_, at) => visit(`zone-${at % 3}`, at));
const ORDERS = Array.from({ length: 20 }, (_, at) => order(`order-${at}`));

beforeAll(async () => {
  [visits, orders] = await Promise.all([createTable(COMPOSITE), createTable()]);
  await Promise.all([visits.load(VISITS), orders.load(ORDERS)]);
});
afterAll(() => Promise.all([visits.drop(), orders.drop()]));

test("the names are those that dynamodb-replicator gives", () => {
  const text = '{"at":{"N":"5"},"zone":{"S":"a"}}';
  const expected = createHash("sha256").update(text).digest("hex");
  expect(LAYOUTS["SHA-256, alphabetical"]!(visit("a", 5))).toBe(expected);
  expect(idName({ id: { S: "abc" } })).toBe(
    "8f6d96a2442d76bb99e39f6d179ac31b313bf5e31bcd8caa62c44690bf465115",
  );
});

for (const kind of STORE_KINDS) {
  describe(`folders of older and other making (${kind})`, () => {
    let place: TestPlace;
    beforeAll(async () => {
      place = await newPlace(kind);
    });
    afterAll(() => place.drop());

    for (const [layout, nameOf] of Object.entries(LAYOUTS)) {
      test(`${layout}: equal is equal, and repaired under the name that is there`, async () => {
        const path = hashName({ layout });
        const folder = `${path}/${visits.name}`;
        await writeFolder(place, folder, VISITS, nameOf);
        const equal = await incrementalDiff(visits.location, place, path);
        expect([equal.code, equal.report, equal.stdout.includes("in flight 0")]).toEqual([0, [], true]);

        const names = await place.keys(folder);
        const stale = visit("zone-1", 1, "stale");
        const [missing, surplus] = [visit("zone-2", 2), visit("zone-9", 9)];
        await place.put(`${folder}/${nameOf(stale)}`, JSON.stringify(stale));
        await place.remove(`${folder}/${nameOf(missing)}`);
        await place.put(`${folder}/${nameOf(surplus)}`, JSON.stringify(surplus));
        const found = await incrementalDiff(visits.location, place, path);
        const line = (word: string, { zone, at }: Visit) => `${word} ${JSON.stringify({ zone, at })}`;
        expect(
          found.found.map((text) => text.replace(/\{"at":(.*?),"zone":(.*)\}/, '{"zone":$2,"at":$1}')),
        ).toEqual([line("different", stale), line("extraneous", surplus), line("missing", missing)].sort());

        const repaired = await incrementalDiff(visits.location, place, path, ["--repair"]);
        expect(repaired.code).toBe(0);
        // What was missing is new, and so called as it should be; all else is called as before.
        const expected = names.map((name) =>
          name === `${folder}/${nameOf(missing)}`
            ? `${folder}/${LAYOUTS["SHA-256, alphabetical"]!(missing)}`
            : name,
        );
        expect(await place.keys(folder)).toEqual(expected.sort());
        const mended = await place.get(`${folder}/${nameOf(stale)}`);
        expect(JSON.parse(mended!.toString())).toEqual(visit("zone-1", 1));
        expect((await incrementalDiff(visits.location, place, path)).code).toBe(0);
      }, 60_000);
    }

    test("single keys under MD5 names", async () => {
      const md5 = ({ id }: WireItem) => hashName({ id }, "md5");
      await writeFolder(place, `md5/${orders.name}`, ORDERS, md5);
      expect((await incrementalDiff(orders.location, place, "md5")).code).toBe(0);
    });

    test("objects that are no records, or not those that they are called, are named and left alone", async () => {
      const folder = `foreign/${orders.name}`;
      const gone = order("gone");
      const foreign: [name: string, body: string | Buffer, reason: RegExp][] = [
        ["README.txt", "hello", /its name is no record's/],
        [`${idName(ORDERS[0]!)}.bak`, "{}", /its name is no record's/],
        ["sub/folder", "x", /its name is no record's/],
        [hashName({ a: 1 }), "no json", /is not JSON/],
        [hashName({ a: 2 }), '{"id":5}', /is not an item/],
        [hashName({ a: 3 }), "[]", /is not an item/],
        [hashName({ a: 4 }), '{"other":{"S":"x"}}', /has not got the table's key/],
        [hashName({ a: 5 }), '{"id":{"N":"1"}}', /has not got the table's key/],
        // Records under names that nobody would look for them by.
        [hashName({ a: 6 }), JSON.stringify(order("order-3", "stale ")), /not that of the record it holds/],
        [hashName({ a: 7 }), JSON.stringify(order("other")), /not that of the record it holds/],
        [hashName({ a: 8 }), Buffer.from('{"id":{"S":"\xff"}}', "latin1"), /is not UTF-8 text/],
      ];
      await writeFolder(place, folder, [...ORDERS, gone]);
      await Promise.all(foreign.map(([name, body]) => place.put(`${folder}/${name}`, body)));

      const expectForeign = (stdout: string) => {
        const told = events(stdout).filter(({ event }) => event === "foreign");
        expect(told.length).toBe(foreign.length);
        for (const [name, , reason] of foreign) {
          expect(told.find(({ object }) => object === name)?.reason as string).toMatch(reason);
        }
        const summary = events(stdout).at(-1)!;
        expect(summary).toMatchObject({ event: "finished", totals: { foreign: foreign.length } });
      };
      const check = await incrementalDiff(orders.location, place, "foreign", ["--json"]);
      expect([check.code, check.found]).toEqual([1, ["extraneous gone"]]);
      expectForeign(check.stdout);

      const repair = await incrementalDiff(orders.location, place, "foreign", ["--repair", "--json"]);
      expect(repair.code).toBe(0);
      expectForeign(repair.stdout);
      for (const [name, body] of foreign) {
        expect(await place.get(`${folder}/${name}`)).toEqual(Buffer.from(body));
      }
      expect(await place.get(`${folder}/${idName(gone)}`)).toBeUndefined();
      const plain = await incrementalDiff(orders.location, place, "foreign");
      expect(plain.code).toBe(0);
      expect(plain.stdout).toContain("[foreign] README.txt: its name is no record's");
      expect(plain.stdout).toContain(`${foreign.length} foreign objects passed over`);
    }, 60_000);

    test("a record's own object that holds something else: the record is missing, and repaired", async () => {
      const folder = `taken/${orders.name}`;
      await writeFolder(place, folder, ORDERS);
      const notText = Buffer.from(JSON.stringify(ORDERS[4]).replace(/"}}$/, '\xff"}}'), "latin1");
      const bodies = ["not json", '{"other":{"S":"x"}}', JSON.stringify(order("order-11")), "", notText];
      const victims = ORDERS.slice(0, bodies.length);
      await Promise.all(victims.map((item, at) => place.put(`${folder}/${idName(item)}`, bodies[at]!)));
      const check = await incrementalDiff(orders.location, place, "taken");
      expect([check.code, check.found]).toEqual([1, victims.map(({ id }) => `missing ${id!.S}`).sort()]);
      expect((await incrementalDiff(orders.location, place, "taken", ["--repair"])).code).toBe(0);
      expect((await incrementalDiff(orders.location, place, "taken")).code).toBe(0);
      expect((await place.keys(folder)).length).toBe(ORDERS.length);
    }, 60_000);

    test("a record's second object, left by an older writer: the folder does not equal the table, until repaired", async () => {
      const folder = `second/${orders.name}`;
      const [equal, stale] = [order("order-4"), order("order-5", "old ")];
      const older = [equal, stale].map(({ id }) => hashName({ id }, "md5"));
      await writeFolder(place, folder, ORDERS);
      await place.put(`${folder}/README.txt`, "hello");
      await place.put(`${folder}/${older[0]}`, JSON.stringify(equal));
      await place.put(`${folder}/${older[1]}`, JSON.stringify(stale));
      const before = await place.keys(folder);

      for (const words of [[], ["--repair", "--dry-run"]]) {
        const check = await incrementalDiff(orders.location, place, "second", [...words, "--json"]);
        expect(check.code).toBe(1);
        const told = events(check.stdout).filter(({ event }) => event === "duplicate");
        expect(told.map(({ key, object, of }) => [key, object, of]).sort()).toEqual(
          [equal, stale].map(({ id }, at) => [{ id }, older[at], idName({ id })]).sort(),
        );
        expect(check.report.map(({ kind }) => kind)).toEqual(["duplicate", "duplicate"]);
        const totals = { foreign: 1, duplicates: { found: 2, deleted: 0 } };
        expect(events(check.stdout).at(-1)).toMatchObject({ outcome: "discrepancies", totals });
        expect(await place.keys(folder)).toEqual(before);
      }
      const plain = await incrementalDiff(orders.location, place, "second");
      expect(plain.stdout).not.toContain("equals the table");
      expect(plain.stdout).toContain("2 second objects of records, under older names: --repair deletes them");

      const repair = await incrementalDiff(orders.location, place, "second", ["--repair"]);
      expect(repair.code).toBe(0);
      expect(repair.stdout).toContain("2 second objects of records, under older names: 2 deleted");
      const left = before.filter((key) => !older.some((name) => key.endsWith(name)));
      expect(await place.keys(folder)).toEqual(left);
      expect((await incrementalDiff(orders.location, place, "second")).code).toBe(0);
    }, 60_000);

    test("a backfill onto an older folder writes no second objects", async () => {
      for (const [path, table, items, nameOf] of [
        ["onto-md5", orders, ORDERS, ({ id }: WireItem) => hashName({ id }, "md5")],
        ["onto-other", visits, VISITS, LAYOUTS["SHA-256, in the schema's order"]!],
      ] as const) {
        const folder = `${path}/${table.name}`;
        await writeFolder(place, folder, items.slice(1), nameOf);
        const stale: WireItem = { ...items[2], note: { S: "stale" } };
        await place.put(`${folder}/${nameOf(stale)}`, JSON.stringify(stale));
        const { code, stdout } = await backfill(table, { ...place, url: `${place.url}/${path}` });
        expect(code, stdout).toBe(0);
        expect(stdout).toContain("the folder has records under older names");
        const keys = await place.keys(folder);
        expect(keys).toHaveLength(items.length);
        expect(keys).toEqual(
          expect.arrayContaining(items.slice(1).map((item) => `${folder}/${nameOf(item)}`)),
        );
        expect((await incrementalDiff(table.location, place, path)).code).toBe(0);
      }
    }, 60_000);

    test("the folder of a table without records: what was deleted tells it from a wrong name", async () => {
      const empty = await createTable();
      try {
        const object = `emptied/${empty.name}/${idName(order("gone"))}`;
        await place.put(object, JSON.stringify(order("gone")));
        expect((await incrementalDiff(empty.location, place, "emptied", ["--repair"])).code).toBe(0);
        expect(await place.get(object)).toBeUndefined();
        const equal = await incrementalDiff(empty.location, place, "emptied");
        expect([equal.code, equal.stderr]).toEqual([0, ""]);
        const wrong = await incrementalDiff(empty.location, place, "emptied-other");
        expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("there is no backup")]);
      } finally {
        await empty.drop();
      }
    }, 60_000);

    test("an extraneous record under two names is deleted under both", async () => {
      const folder = `twice/${orders.name}`;
      await writeFolder(place, folder, ORDERS);
      const gone = order("gone");
      const names = [idName(gone), hashName({ id: gone.id }, "md5")];
      for (const name of names) await place.put(`${folder}/${name}`, JSON.stringify(gone));
      expect((await incrementalDiff(orders.location, place, "twice", ["--repair"])).code).toBe(0);
      expect((await place.keys(folder)).length).toBe(ORDERS.length);
    }, 60_000);
  });
}
