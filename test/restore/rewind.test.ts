import { afterEach, beforeEach, describe, expect, test } from "bun:test";
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
import { newWrittenFolder, ownName, type WrittenFolder, type WrittenVersion } from "./written-folder.ts";

let table: TestTable;
let written: WrittenFolder;

beforeEach(async () => {
  [table, written] = await Promise.all([createTable(), newWrittenFolder()]);
  // One that was there long before, and is not touched.
  await written.write(ownName("old"), [{ stored: FROM - 90 * 24 * HOUR, holds: item("old", 0) }]);
});
afterEach(() => Promise.all([table.drop(), written.drop()]));

const rewind = (settings: RewindSettings = {}) => rewindOf(table, written.path, settings);

describe("what counts as changed", () => {
  test("created, changed, deleted and made again in the window; before it and after it", async () => {
    const before = FROM - HOUR;
    const within = FROM + MINUTE;
    const histories: Record<string, WrittenVersion[]> = {
      created: [event("INSERT", "created", 1, within)],
      changed: [backfilled("changed", 7, before), event("MODIFY", "changed", 8, within)],
      deleted: [backfilled("deleted", 7, before), event("REMOVE", "deleted", 8, within)],
      again: [
        event("INSERT", "again", 7, before),
        event("REMOVE", "again", 8, within),
        event("INSERT", "again", 9, within + MINUTE),
      ],
      "come and gone": [
        event("INSERT", "come and gone", 7, within),
        event("REMOVE", "come and gone", 8, within + MINUTE),
      ],
      back: [
        event("INSERT", "back", 7, before),
        event("REMOVE", "back", 8, before + MINUTE),
        event("INSERT", "back", 9, within),
      ],
      earlier: [event("INSERT", "earlier", 7, before), event("MODIFY", "earlier", 8, FROM)],
      later: [event("INSERT", "later", 7, before), event("MODIFY", "later", 8, TO + 1)],
      "at the end": [event("INSERT", "at the end", 7, before), event("MODIFY", "at the end", 8, TO)],
    };
    for (const [id, versions] of Object.entries(histories)) await written.write(ownName(id), versions);
    const present = ["created 1", "changed 8", "again 9", "back 9", "earlier 8", "later 8", "at the end 8"];
    for (const text of present) {
      const cut = text.lastIndexOf(" ");
      await table.put(item(text.slice(0, cut), Number(text.slice(cut + 1))));
    }
    const { changes, equal, told } = await rewind();
    expect(changes).toEqual([
      "again: 9 → 7",
      "at the end: 8 → 7",
      "back: 9 → absent",
      "changed: 8 → 7",
      "created: 1 → absent",
      "deleted: absent → 7",
    ]);
    expect({ equal, told }).toEqual({ equal: 1, told: [] });
  });

  test("an event that was stored before the window, by a clock that is behind, or long after it", async () => {
    await written.write(ownName("clock"), [
      event("INSERT", "clock", 1, FROM - HOUR),
      event("MODIFY", "clock", 2, FROM + 10 * SECOND, FROM - 20 * SECOND),
    ]);
    await written.write(ownName("late"), [
      event("INSERT", "late", 1, FROM - HOUR),
      event("MODIFY", "late", 2, FROM - MINUTE, TO + 5 * HOUR),
      event("MODIFY", "late", 3, TO - MINUTE, TO + 6 * HOUR),
    ]);
    await Promise.all([table.put(item("clock", 2)), table.put(item("late", 3))]);
    expect((await rewind()).changes).toEqual(["clock: 2 → 1", "late: 3 → 2"]);
  });

  test("events that were given up on and replayed later, and batches delivered twice, in the order of their numbers", async () => {
    await written.write(ownName("redriven"), [
      event("INSERT", "redriven", 1, FROM - HOUR),
      event("MODIFY", "redriven", 4, FROM + 2 * MINUTE),
      // What the function gave up on, and what counted before once more.
      event("MODIFY", "redriven", 2, FROM - MINUTE, TO + HOUR),
      event("MODIFY", "redriven", 3, FROM + MINUTE, TO + HOUR + SECOND),
      event("MODIFY", "redriven", 4, FROM + 2 * MINUTE, TO + HOUR + 2 * SECOND),
    ]);
    const twice = [9, 10, 11].map((n) =>
      event("MODIFY", "twice", n, FROM - HOUR + n * SECOND, FROM - HOUR + MINUTE),
    );
    await written.write(ownName("twice"), [
      ...twice,
      // Its process was killed here, and never came to the end of the batch again.
      ...twice.slice(0, 1),
      event("REMOVE", "twice", 12, FROM + MINUTE),
    ]);
    await table.put(item("redriven", 4));
    expect((await rewind()).changes).toEqual(["redriven: 4 → 2", "twice: absent → 11"]);
  });

  test("no backfill and no repair: what they put is told of, and not touched", async () => {
    await written.write(ownName("backfilled"), [
      backfilled("backfilled", 1, FROM - HOUR),
      backfilled("backfilled", 2, FROM + MINUTE),
    ]);
    await written.write(ownName("new"), [backfilled("new", 1, FROM + MINUTE)]);
    await written.write(ownName("gone"), [
      backfilled("gone", 1, FROM - HOUR),
      { stored: FROM + MINUTE, holds: undefined },
    ]);
    await Promise.all([table.put(item("backfilled", 2)), table.put(item("new", 1))]);
    const { changes, told } = await rewind({ force: true });
    expect(changes).toEqual([]);
    expect(told).toEqual([expect.stringMatching(/^records left out because .*: 3$/)]);
  });

  test("where the folder does not know what a record was, it is not changed, and that is told", async () => {
    await written.write(ownName("joined"), [event("MODIFY", "joined", 2, FROM + MINUTE)]);
    await written.write(ownName("joined late"), [
      backfilled("joined late", 1, FROM + MINUTE),
      event("MODIFY", "joined late", 2, FROM + 2 * MINUTE),
    ]);
    await written.write(ownName("damaged"), [
      { stored: FROM - HOUR, holds: "{not json" },
      event("MODIFY", "damaged", 2, FROM + MINUTE),
    ]);
    await written.write(ownName("stranger"), [
      { stored: FROM - HOUR, holds: item("old", 5) },
      event("MODIFY", "stranger", 2, FROM + MINUTE),
    ]);
    for (const id of ["joined", "joined late", "damaged", "stranger"]) await table.put(item(id, 2));
    const { changes, told } = await rewind({ force: true });
    expect(changes).toEqual([]);
    expect(told).toEqual([
      expect.stringMatching(
        /^damaged undone: its version of 2026-11-20T13:03:00.000Z cannot be read: is not JSON$/,
      ),
      expect.stringMatching(
        /^joined late undone: the folder does not say what it was at 2026-11-20T14:03:00.000Z/,
      ),
      expect.stringMatching(/^joined undone: the folder does not say/),
      expect.stringMatching(/^stranger undone: .*holds another record/),
    ]);
  });
});

describe("what is left alone unless it is forced", () => {
  const changed = (id: string) => [
    event("INSERT", id, 1, FROM - HOUR),
    event("MODIFY", id, 2, FROM + MINUTE),
  ];

  test("records that changed again, and those that are not as the folder has seen them last", async () => {
    await written.write(ownName("again"), [...changed("again"), event("MODIFY", "again", 3, TO + SECOND)]);
    await written.write(ownName("mended"), [...changed("mended"), event("MODIFY", "mended", 1, TO + SECOND)]);
    await written.write(ownName("repaired"), [...changed("repaired"), backfilled("repaired", 3, TO + HOUR)]);
    await written.write(ownName("filled"), [...changed("filled"), backfilled("filled", 2, TO + HOUR)]);
    // Days after it was changed, and a repair put the window's image again: the folder has missed that it came back.
    await written.write(ownName("returned"), [
      ...changed("returned"),
      event("MODIFY", "returned", 3, TO + 30 * HOUR),
      backfilled("returned", 2, TO + 40 * HOUR),
    ]);
    await written.write(ownName("unheard"), changed("unheard"));
    await written.write(ownName("vanished"), changed("vanished"));
    await written.write(ownName("plain"), changed("plain"));
    for (const [id, v] of [
      ["again", 3],
      ["mended", 1],
      ["repaired", 3],
      ["filled", 2],
      ["returned", 2],
      ["unheard", 4],
      ["plain", 2],
    ] as const) {
      await table.put(item(id, v));
    }
    expect(await rewind()).toMatchObject({
      changes: ["filled: 2 → 1", "plain: 2 → 1"],
      equal: 1,
      told: [
        "again changed-since",
        "repaired changed-since",
        "returned changed-since",
        "unheard not-in-backup",
        "vanished not-in-backup",
      ],
    });
    const forced = await rewind({ force: true });
    expect(forced).toMatchObject({ equal: 1, told: [] });
    expect(forced.changes).toEqual([
      ...[
        "again: 3 → 1",
        "filled: 2 → 1",
        "plain: 2 → 1",
        "repaired: 3 → 1",
        "returned: 2 → 1",
        "unheard: 4 → 1",
        "vanished: absent → 1",
      ],
    ]);
  });

  test("the newest image cannot be read: only with force", async () => {
    await written.write(ownName("a"), [...changed("a"), { ...event("MODIFY", "a", 3, TO), holds: "" }]);
    await table.put(item("a", 3));
    expect(await rewind()).toMatchObject({
      changes: [],
      told: [expect.stringMatching(/^a undone: .*is empty$/)],
    });
    expect((await rewind({ force: true })).changes).toEqual(["a: 3 → 1"]);
  });
});
