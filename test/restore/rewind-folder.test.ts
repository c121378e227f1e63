import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { withPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import {
  backfilled,
  event,
  FROM,
  HOUR,
  item,
  MINUTE,
  type RewindSettings,
  rewindOf,
  SECOND,
  TO,
} from "./rewind-runs.ts";
import { md5Name, newWrittenFolder, ownName, type WrittenFolder } from "./written-folder.ts";

let table: TestTable;
let written: WrittenFolder;

beforeEach(async () => {
  [table, written] = await Promise.all([createTable(), newWrittenFolder()]);
});
afterEach(() => Promise.all([table.drop(), written.drop()]));

const rewind = (settings: RewindSettings = {}) => rewindOf(table, written.path, settings);
const changed = (id: string) => [event("INSERT", id, 1, FROM - HOUR), event("MODIFY", id, 2, FROM + MINUTE)];

describe("the folder", () => {
  test("is refused when it was begun after the window, or holds no record, also where keys are given", async () => {
    for (const keys of [undefined, ["a"]]) {
      await expect(rewind({ keys: keys! })).rejects.toMatchObject({
        code: "no-such-object",
        message: "holds no record",
      });
    }
    await written.write(ownName("a"), [
      backfilled("a", 1, FROM + MINUTE),
      event("MODIFY", "a", 2, FROM + 2 * MINUTE),
    ]);
    for (const keys of [undefined, ["a"]]) {
      await expect(rewind({ keys: keys! })).rejects.toMatchObject({
        code: "no-such-object",
        message: "held no record yet at 2026-11-20T14:03:00.000Z",
        hint: expect.stringContaining("begun later"),
      });
    }
  });

  test("is refused where it keeps no versions", async () => {
    await withPlace(
      "s3",
      async (place) => {
        await place.put(`folder/${ownName("a")}`, JSON.stringify(item("a", 1)));
        await expect(rewindOf(table, `${place.url}/folder`)).rejects.toMatchObject({ code: "usage" });
      },
      { versioned: false },
    );
  });

  test("may hold what is no record: that is told and passed over", async () => {
    await written.write(ownName("a"), changed("a"));
    await written.write("README", [{ stored: FROM + MINUTE, holds: "text" }]);
    await written.write("removed", [
      { stored: FROM, holds: "text" },
      { stored: TO, holds: undefined },
    ]);
    await written.write(ownName("not me"), changed("me"));
    const other = createHash("sha256").update("other").digest("hex");
    await written.write(other, [{ ...event("INSERT", "x", 1, FROM + MINUTE), holds: { other: { S: "x" } } }]);
    const nothing = createHash("sha256").update("nothing").digest("hex");
    await written.write(nothing, [{ ...event("INSERT", "x", 1, FROM + MINUTE), holds: "[]" }]);
    await table.put(item("a", 2));
    const { changes, told } = await rewind();
    expect(changes).toEqual(["a: 2 → 1"]);
    expect(told).toEqual(
      [
        "README foreign: its name is no record's",
        `${ownName("not me")} foreign: its name is not that of the record it holds`,
        `${other} foreign: it has not got the table's key`,
        `? undone: object ${nothing} cannot be read, so its record is not known: is not an item in wire form`,
      ].sort(),
    );
  });

  test("may be large: the table is read a hundred records at a time", async () => {
    const ids = Array.from({ length: 250 }, (_, n) => `key-${n}`);
    await Promise.all(ids.map((id) => written.write(ownName(id), changed(id))));
    await table.load(ids.map((id) => item(id, 2)));
    const { changes, told } = await rewind();
    expect(changes).toEqual(ids.map((id) => `${id}: 2 → 1`).sort());
    expect(told).toEqual([]);
  });
});

describe("requests to the folder", () => {
  test("none for records that were stored only before the window, or days after it", async () => {
    await written.write(ownName("before"), [event("INSERT", "before", 1, FROM - HOUR)]);
    await written.write(ownName("after"), [event("INSERT", "after", 1, TO + 30 * HOUR)]);
    const { requests } = await rewind();
    expect(requests).toEqual({ versions: 1 });
  });

  test("two for a record that changed once", async () => {
    await written.write(ownName("a"), changed("a"));
    await table.put(item("a", 2));
    const { changes, requests } = await rewind();
    expect(changes).toHaveLength(1);
    expect(requests).toEqual({ versions: 1, get: 2 });
  });

  test("few for a record that is written all the time", async () => {
    const [first, count, pause] = [FROM - 2 * HOUR, 2_000, 10 * SECOND];
    await written.write(ownName("hot"), [
      event("INSERT", "hot", 1, first),
      ...Array.from({ length: count - 1 }, (_, n) => event("MODIFY", "hot", n + 2, first + (n + 1) * pause)),
    ]);
    await table.put(item("hot", count));
    const { changes, requests } = await rewind({ force: true });
    expect(changes).toEqual([`hot: ${count} → ${(FROM - first) / pause + 1}`]);
    const { versions, ...others } = requests;
    expect(Object.values(others).reduce((sum, one) => sum + one)).toBeLessThan(220);
    expect((await rewind()).told).toEqual(["hot changed-since"]);
  }, 30_000);
});

describe("names of older tools", () => {
  test("what a record was is found under them, and it is changed once", async () => {
    await written.write(md5Name("moved"), [event("INSERT", "moved", 1, FROM - HOUR)]);
    await written.write(ownName("moved"), [event("MODIFY", "moved", 2, FROM + MINUTE)]);
    await written.write(md5Name("both"), [
      event("INSERT", "both", 1, FROM - HOUR),
      event("MODIFY", "both", 2, FROM + MINUTE),
    ]);
    await written.write(ownName("both"), [event("MODIFY", "both", 3, FROM + 2 * MINUTE)]);
    await written.write(md5Name("only"), changed("only"));
    await written.write(ownName("own"), changed("own"));
    for (const [id, v] of [
      ["moved", 2],
      ["both", 3],
      ["only", 2],
      ["own", 2],
    ] as const)
      await table.put(item(id, v));
    const wanted = ["both: 3 → 1", "moved: 2 → 1", "only: 2 → 1", "own: 2 → 1"];
    expect(await rewind()).toMatchObject({ changes: wanted, told: [] });
    expect(await rewind({ keys: ["both", "moved", "only", "own"] })).toMatchObject({
      changes: wanted,
      told: [],
    });
  });

  test("what cannot be read there is told of only where it changed in the window", async () => {
    const nameOf = (text: string) => createHash("sha256").update(text).digest("hex");
    const damaged = (at: number) => ({ ...event("MODIFY", "x", 1, at), holds: "{" });
    await written.write(md5Name("a"), changed("a"));
    await written.write(nameOf("later"), [damaged(TO + HOUR)]);
    await written.write(nameOf("within"), [damaged(FROM + MINUTE)]);
    await table.put(item("a", 2));
    const { changes, told } = await rewind();
    expect(changes).toEqual(["a: 2 → 1"]);
    expect(told).toEqual([
      expect.stringMatching(new RegExp(`^\\? undone: object ${nameOf("within")} cannot be read`)),
    ]);
  });

  test("an object that was deleted because the record had another one does not delete the record", async () => {
    await written.write(md5Name("a"), [
      event("INSERT", "a", 1, FROM - 3 * HOUR),
      { stored: FROM - HOUR, holds: undefined },
    ]);
    await written.write(ownName("a"), [
      event("MODIFY", "a", 2, FROM - 2 * HOUR),
      event("MODIFY", "a", 3, FROM + MINUTE),
    ]);
    await table.put(item("a", 3));
    expect(await rewind()).toMatchObject({ changes: ["a: 3 → 2"], told: [] });
  });
});

test("a key of two attributes, hashed in the other order by older tools", async () => {
  const sorted = await createTable({ hash: { name: "id", type: "S" }, range: { name: "a", type: "N" } });
  try {
    const nameIn = (order: string[]) => {
      const key: Record<string, object> = { id: { S: "x" }, a: { N: "1" } };
      const parts = order.map((name) => `"${name}":${JSON.stringify(key[name])}`);
      return createHash("sha256")
        .update(`{${parts.join(",")}}`)
        .digest("hex");
    };
    const image = (v: number) => ({ ...item("x", v), a: { N: "1" } });
    const of = (name: "INSERT" | "MODIFY", v: number, at: number) => ({
      ...event(name, "x", v, at),
      holds: image(v),
    });
    await written.write(nameIn(["id", "a"]), [of("INSERT", 1, FROM - HOUR), of("MODIFY", 2, FROM - MINUTE)]);
    await written.write(nameIn(["a", "id"]), [of("MODIFY", 3, FROM + MINUTE)]);
    await sorted.put(image(3));
    expect(await rewindOf(sorted, written.path)).toMatchObject({ changes: ["x: 3 → 2"], told: [] });
  } finally {
    await sorted.drop();
  }
});

test("only the records selected: by their keys, and by what they are now or were then", async () => {
  for (const id of ["a", "b", "c"]) {
    await written.write(ownName(id), changed(id));
    await table.put(item(id, 2));
  }
  await written.write(ownName("gone"), [
    event("INSERT", "gone", 1, FROM - HOUR),
    event("REMOVE", "gone", 2, TO),
  ]);
  expect((await rewind({ keys: ["c", "a", "a", "none"] })).changes).toEqual(["a: 2 → 1", "c: 2 → 1"]);
  expect((await rewind({ where: ["v = 2", "id != b"] })).changes).toEqual(["a: 2 → 1", "c: 2 → 1"]);
  expect((await rewind({ where: ["v = 1", "id = gone"] })).changes).toEqual(["gone: absent → 1"]);
  expect((await rewind({ where: ["v = 9"] })).changes).toEqual([]);
});
