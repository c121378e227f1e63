import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { currentAt } from "../../../src/tui/state/history/current-at.ts";
import { TextFinder } from "../../../src/tui/state/history/find-text.ts";
import { ImageCache } from "../../../src/tui/state/history/image-cache.ts";
import { listWindow } from "../../../src/tui/state/history/list-window.ts";
import { dayText, momentText, parseMoment } from "../../../src/tui/state/history/moment.ts";
import { promptKey } from "../../../src/tui/state/history/prompt.ts";
import { Timeline } from "../../../src/tui/state/history/timeline.ts";
import { VersionReader } from "../../../src/tui/state/history/version-reader.ts";
import { VersionSearch } from "../../../src/tui/state/history/version-search.ts";
import { eventTime, type HistoryScript, scriptedHistory } from "./fixtures/scripted-history.ts";

const DAY = Date.UTC(2026, 10, 23, 9);

describe("a moment", () => {
  test.each([
    ["2026-11-20", "2026-11-20T00:00:00.000Z"],
    ["2026-1-2 3:04", "2026-01-02T03:04:00.000Z"],
    [" 2026-11-20 14:03:22.5 ", "2026-11-20T14:03:22.500Z"],
    ["2026-11-20T14:03:22.114Z", "2026-11-20T14:03:22.114Z"],
    ["2026-11-20 14:03:22 UTC", "2026-11-20T14:03:22.000Z"],
    ["2026-11-20T14:03+02:00", "2026-11-20T12:03:00.000Z"],
    ["14:03:22", "2026-11-23T14:03:22.000Z"],
  ])("%j is %s", (typed, iso) => {
    expect(parseMoment(typed, DAY)).toBe(Date.parse(iso));
  });

  test.each(["", "yesterday", "2026-13-01", "2026-02-30", "25:00", "14:60", "2026-11-20 x", "14"])(
    "%j is none",
    (typed) => {
      expect(parseMoment(typed, DAY)).toBeUndefined();
    },
  );

  test("of a server that tells none has a text, too", () => {
    expect(momentText(Number.NaN, true)).toBe("????-??-?? ??:??:??.???");
  });
});

test("the window of the list has the selected row, every row under its day, and no room left unused", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 }),
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 15 }),
      (days, at, from, height) => {
        const count = days.length;
        const selected = at % count;
        const list = { count, moment: (position: number) => days[position]!, day: String };
        const { top, rows } = listWindow(from % count, selected, height, list);
        expect(rows.length).toBeLessThanOrEqual(height);
        expect(rows).toContainEqual({ position: selected });
        let day: number | undefined;
        let next = top;
        for (const row of rows) {
          if ("day" in row) {
            expect(row.day).not.toBe(day!);
            day = row.day;
          } else {
            expect(row.position).toBe(next++);
            if (height > 1) expect(days[row.position]).toBe(day!);
          }
        }
        // Only a day whose version has no room leaves its row empty.
        if (next < count || top > 0) expect(rows.length).toBeGreaterThanOrEqual(height - 1);
      },
    ),
  );
});

test("images are held within the bound, the latest looked at stay", () => {
  const cache = new ImageCache(100_000);
  for (let version = 0; version < 100; version++) {
    cache.put(version, { recorded: {} }, 4000);
    cache.get(0);
    expect(cache.weight).toBeLessThanOrEqual(100_000);
  }
  expect(cache.has(0)).toBe(true);
  expect(cache.has(99)).toBe(true);
  expect(cache.has(50)).toBe(false);
  cache.drop(0);
  for (let version = 0; version < 100; version++) cache.drop(version);
  expect(cache.weight).toBe(0);
});

/** A history that is read version by version. */
function readable(script: HistoryScript, capacity?: number) {
  const history = scriptedHistory(script);
  const timeline = new Timeline(history);
  const end = new AbortController();
  const reader: VersionReader = new VersionReader(history, {
    signal: end.signal,
    ...(capacity && { capacity }),
    learned: (version, image) => timeline.learn(version, image, (each) => reader.image(each)),
  });
  const readAll = async () => {
    for (let version = 0; version < history.versions.length; version++) await reader.read(version);
  };
  const numbers = () =>
    Array.from({ length: timeline.count }, (_, at) =>
      Number.parseInt(timeline.listed(timeline.versionAt(at)!).versionId.slice(1), 10),
    );
  return { history, timeline, reader, end, readAll, numbers };
}

test("versions take the order of their events once that is known, and keep their own place in the listing", async () => {
  const { timeline, readAll, numbers } = readable({ count: 30, late: [4, 20] });
  const listed = numbers();
  expect(listed.slice(8, 10)).toEqual([20, 21]);
  await readAll();
  expect(numbers()).toEqual(Array.from({ length: 30 }, (_, at) => 29 - at));
  for (let version = 0; version < 30; version++) {
    expect(timeline.versionAt(timeline.positionOf(version))).toBe(version);
    expect(timeline.listed(version).versionId).toBe(`v${listed[version]}`);
  }
});

test("an event that was stored twice is one version once that is known, whatever is read first", async () => {
  const script = { count: 20, deleteEvery: 7, late: [16], again: [3, 4, 5, 6, 7] };
  const single = readable({ ...script, again: [] });
  await single.readAll();
  const expected = Array.from({ length: 20 }, (_, at) =>
    single.timeline.happened(single.timeline.versionAt(at)!),
  );
  const orders = fc.shuffledSubarray([...Array(25).keys()], { minLength: 25 });
  await fc.assert(
    fc.asyncProperty(orders, async (order) => {
      const { timeline, reader, numbers } = readable(script);
      expect(timeline.count).toBe(25);
      for (const version of order) await reader.read(version);
      expect(numbers()).toEqual(Array.from({ length: 20 }, (_, at) => 19 - at));
      expect(numbers().map((_, at) => timeline.happened(timeline.versionAt(at)!))).toEqual(expected);
      for (let version = 0; version < 25; version++) {
        const { versionId } = timeline.listed(timeline.standingFor(version));
        expect(Number.parseInt(versionId.slice(1), 10)).toBe(
          Number.parseInt(timeline.listed(version).versionId.slice(1), 10),
        );
      }
      // The one that was stored last.
      const shown = numbers().map((_, at) => timeline.listed(timeline.versionAt(at)!).versionId);
      expect(shown.filter((id) => id.endsWith("again"))).toHaveLength(5);
    }),
    { numRuns: 30 },
  );
});

test("what happened is said as far as it is known", async () => {
  const script = { count: 12, deleteEvery: 6, archived: [7], failing: [9] };
  const { timeline, reader, readAll } = readable(script);
  const kinds = () =>
    Array.from({ length: 12 }, (_, at) => timeline.happened(timeline.versionAt(at)!)).map(({ kind }) => kind);
  expect(kinds()).toEqual([
    "deleted",
    "unread",
    "unread",
    "unread",
    "archived",
    "restored",
    "deleted",
    "unread",
    "unread",
    "unread",
    "unread",
    "unread",
  ]);
  await readAll();
  expect(kinds()).toEqual([
    "deleted",
    "changed",
    "unreadable",
    "changed",
    "archived",
    "restored",
    "deleted",
    "changed",
    "changed",
    "changed",
    "changed",
    "created",
  ]);
  expect(timeline.happened(8)).toEqual({ kind: "changed", attributes: ["lines", "note", "status"] });
  expect(timeline.happened(3)).toEqual({ kind: "changed", attributes: [] });
  const [failed] = timeline.unreadable();
  expect(timeline.happened(failed!)).toMatchObject({
    reason: expect.stringContaining("\\u001b[31mconnection reset"),
  });
  timeline.forget(failed!);
  expect(timeline.missing(failed!, (each) => reader.has(each))).toEqual([failed!]);
});

test("the oldest is no creation where its event says otherwise, or nothing earlier is kept", async () => {
  const { timeline } = readable({ count: 2, keepsVersions: false });
  timeline.learn(1, { recorded: {} }, () => undefined);
  expect(timeline.happened(1).kind).toBe("stored");
  timeline.learn(1, { recorded: { event: "INSERT" } }, () => undefined);
  expect(timeline.happened(1).kind).toBe("created");
});

test("what is wanted replaces what was wanted, few are read at once, and nothing twice", async () => {
  const { history, reader } = readable({ count: 200, delayMs: 5 });
  const range = (from: number) => Array.from({ length: 50 }, (_, at) => from + at);
  reader.want(range(0));
  reader.want(range(100));
  while (![...range(100)].every((version) => reader.has(version))) await Bun.sleep(1);
  expect(history.counts.mostAtOnce).toBeLessThanOrEqual(8);
  expect(history.counts.reads).toBe(58);
  reader.want(range(100));
  await Bun.sleep(10);
  expect(history.counts.reads).toBe(58);
});

test("a read that is stopped leaves nothing, and the next one reads", async () => {
  const { reader } = readable({ count: 3, delayMs: 20 });
  const stop = new AbortController();
  const stopped = reader.read(1, stop.signal);
  const other = reader.read(1);
  stop.abort();
  await expect(stopped).rejects.toThrow();
  expect((await other).item).toBeDefined();
});

describe("searching", () => {
  function searching(text: string, script: HistoryScript, from = 0) {
    const parts = readable(script);
    const { count } = parts.timeline;
    const first: number[] = [];
    const search = new VersionSearch(text, {
      versions: Array.from({ length: count }, (_, at) => (from + at) % count),
      read: (version, signal) => parts.reader.read(version, signal),
      signal: parts.end.signal,
      changed: () => {},
      first: (version) => first.push(version),
    });
    return { ...parts, search, first };
  }

  test("finds every version, and tells the first in order once", async () => {
    const { search, first } = searching("WRITTEN 1".toLowerCase(), { count: 40, delayMs: 1 }, 15);
    await search.run();
    // Writes 11, 15 and 19, newest first from version 15 (write 24) on.
    expect(first).toEqual([20]);
    expect([20, 24, 28].map((version) => search.attributeOf(version))).toEqual(["note", "note", "note"]);
    expect(search).toMatchObject({ hits: 3, searched: 40, over: true, stopped: false });
  });

  test("can be stopped, and counts what can't be read", async () => {
    const { search, history } = searching("nowhere", { count: 500, delayMs: 2, failing: [498] });
    const run = search.run();
    while (search.searched < 20) await Bun.sleep(1);
    search.stop();
    await run;
    expect(search).toMatchObject({ hits: 0, over: true, stopped: true, unreadable: 1 });
    expect(search.searched).toBeLessThan(500);
    expect(history.counts.mostAtOnce).toBeLessThanOrEqual(6);
  });

  test("looks into every kind of value; capitals count when typed", () => {
    const item = {
      a: { M: { x: { L: [{ S: "Deep" }] } } },
      b: { N: "12345678901234567890123456789012345678" },
      c: { SS: ["one", "two"] },
      d: { BOOL: true },
    };
    const found = (text: string) => new TextFinder(text).attributeIn(item as never);
    expect(["deep", "Deep", "DEEP", "89012345678", "two", "true", "x"].map(found)).toEqual([
      "a",
      "a",
      undefined,
      "b",
      "c",
      "d",
      undefined,
    ]);
  });
});

test.each([
  [0, 499],
  [1, 499],
  [96_000, 499],
  [97_003 * 250 - 1, 250],
  [97_003 * 250, 249],
  [97_003 * 499 + 86_400_000, 0],
])("%d ms after the first event version %d was current", async (after, wanted) => {
  const { timeline, reader, history } = readable({ count: 500 });
  const found = await currentAt(timeline, eventTime(0) + after, (version) => reader.read(version));
  expect(found).toBe(wanted);
  expect(history.counts.reads).toBeLessThan(5);
});

test("before the first event there was nothing", async () => {
  const { timeline, reader } = readable({ count: 5 });
  const found = await currentAt(timeline, eventTime(0) - 1, (version) => reader.read(version));
  expect(found).toBeUndefined();
  expect(dayText(eventTime(0))).toBe("2026-11-20");
});

test("a prompt takes characters, not keys", () => {
  const typed = ["a", "up", "👍🏽", "tab", "é", "backspace", "b"].reduce(
    (prompt, key) => promptKey(prompt, key) as typeof prompt,
    { kind: "text" as const, typed: "" },
  );
  expect(typed.typed).toBe("ab");
  expect(promptKey(typed, "ctrl-u")).toEqual({ kind: "text", typed: "" });
  expect(promptKey(typed, "enter")).toBe("submit");
  expect(promptKey(typed, "escape")).toBe("cancel");
});
