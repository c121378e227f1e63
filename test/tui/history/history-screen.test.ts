import { describe, expect, test } from "bun:test";
import type { WireItem } from "../../../src/core/item/attribute-value.ts";
import { equalItems } from "../../../src/core/item/equal.ts";
import { NASTY_TEXTS } from "../fixtures/records.ts";
import { expectSound, SIZES } from "../fixtures/sound-screen.ts";
import { browse, UTF8 } from "./fixtures/browsing.tsx";
import { itemAfter } from "./fixtures/scripted-history.ts";

const SIZE = { columns: 80, rows: 24 };
const restore = {
  plan: async () => ({ lines: ["put it back", "x".repeat(300), "\x1b[31m"], token: 0 }),
  carryOut: async () => ({ ok: false, lines: ["refused: \x1b]0;title\x07"] }),
};

describe.each(SIZES.map((size) => [`${size.columns} by ${size.rows}`, size] as const))("at %s", (_, size) => {
  test.each([
    ["Unicode", UTF8],
    ["ASCII", { LANG: "C" }],
  ])("every screen fits, whatever the versions hold (%s)", async (name, env) => {
    const script = {
      count: 30,
      nasty: true,
      deleteEvery: 8,
      archived: [20],
      failing: [19],
      keepsVersions: false,
    };
    const screen = browse({ ...script, olderNames: NASTY_TEXTS }, size, {
      env,
      restore,
      present: async () => undefined,
    });
    const expectAllSound = async () => {
      const lines = screen.draw();
      expectSound(lines, size);
      if (name === "ASCII") expect(lines.join("")).toMatch(/^[\x20-\x7e]*$/);
    };
    await expectAllSound();
    await screen.settle();
    for (let version = 0; version < 12; version++) {
      for (const key of ["tab", "tab", "tab", "enter", "pagedown", "c", "escape", "down"]) {
        screen.press(key);
        await expectAllSound();
      }
      await Bun.sleep(0);
    }
    for (const keys of [
      ["m"],
      ["end"],
      ["?"],
      ["x"],
      ["d", "漢", "字", "x"],
      ["enter"],
      ["/", ..."e\u0301m\u202eoji".repeat(20)],
      ["enter"],
    ]) {
      screen.press(...keys);
      await expectAllSound();
      await Bun.sleep(0);
    }
    screen.press("home", "down", "r");
    await Bun.sleep(5);
    await expectAllSound();
    screen.press("pagedown", "pagedown", "y");
    await Bun.sleep(5);
    await expectAllSound();
  });
});

test("80×24: the versions under their days, and beside them what has changed", async () => {
  const screen = browse({ count: 100, deleteEvery: 10 }, SIZE);
  expect(screen.draw()[3]).toMatch(/^▸ {2}00:40:04 {5}deleted +│ \[change\] {2}whole$/);
  const lines = await screen.settle();
  expect(lines[0]).toBe(' us-east-1/orders  {"id":"u-10442","at":1732330101}           1 of 100 versions');
  expect(lines[2]).toMatch(/^ Sat 2026-11-21 UTC +│ 2026-11-21 00:40:03\.411 {2}deleted *$/);
  screen.press("down", "down", "down");
  const moved = await screen.settle();
  expect(moved[6]).toMatch(/^▸ {2}00:35:12\.402 changed lines… {4}232 B│/);
  expect(moved.slice(2, 14).map((line) => line.split("│")[1]!.trimEnd())).toEqual([
    " 2026-11-21 00:35:12.402  chang…  232 B",
    " [change]  whole",
    " from the one before, 00:33:35.399",
    "",
    " ~ lines[0].count  1 → 2",
    ' ~ lines[0].sku    "s-4" → "s-5"',
    ' - note            "written 95"',
    ' ~ status          "paid" → "refunded"',
    " ~ total           - 100.00000000000000",
    "                     000000000000000000",
    "                     007",
    "                   + 100.00000000000000",
  ]);
  expect(moved.join("\n")).toContain("unchanged: at, id, tags");
  screen.press("end");
  const last = await screen.settle();
  expect(last.join("\n")).toContain("Fri 2026-11-20 UTC");
  expect(last[20]).toMatch(/^▸ {2}22:00:00\.114 created +\d+ B│/);
});

test("views, and comparing with a marked version either way round", async () => {
  const screen = browse({ count: 40 }, { columns: 160, rows: 40 }, { present: async () => itemAfter(7) });
  screen.press("down", "tab");
  const whole = (await screen.settle()).join("\n");
  expect(whole).toMatch(/change {2}\[whole\] {2}table/);
  expect(whole).toMatch(/│ {3}id +"u-10442"\n/);
  expect(whole).toMatch(/│ {3}tags +SS \["red","green"\]\n/);
  screen.press("tab");
  expect((await screen.settle()).join("\n")).toMatch(/~ status +"open" → "refunded"/);
  screen.press("tab", "m", "down", "down", "down", "down");
  const older = (await screen.settle()).join("\n");
  expect(older).toContain("to the marked one, 23:01:26.228");
  expect(older).toMatch(/~ lines\[0\]\.count +5 → 4/);
  screen.press("up", "m", "up");
  expect((await screen.settle()).join("\n")).toContain("from the marked one, 22:56:35.219");
});

test("of what can't be read or isn't there it says why", async () => {
  const screen = browse({ count: 12, deleteEvery: 6, archived: [8], failing: [9] }, SIZE);
  const shown = async (...keys: string[]) => {
    screen.press(...keys);
    return (await screen.settle()).map((line) => line.split("│")[1]?.trim() ?? line).join(" ");
  };
  expect(await shown("tab")).toContain("deleted: there is no item in this version");
  expect(await shown("down", "down")).toContain(
    "this version is not readable: unexpected failure: Error: \\u001b[31mconnection",
  );
  expect(await shown("down")).toContain("this version is archived: it can be read once it was restored");
  expect(await shown("r")).toContain("there is no table to restore into");
  expect(await shown("shift-tab", "home", "down")).toContain("a version is not readable");
  expect(await shown("w")).toContain("written to version.json");
  expect(await shown("home", "w")).toContain("this version has no item: it is a deletion");
});

test("notices stay until a key is pressed, and in the help", async () => {
  const screen = browse({ count: 1, keepsVersions: false, olderNames: ["abc"] }, SIZE);
  const before = screen.draw();
  expect(before[1]).toBe(" The store keeps no earlier versions: this is the one there is.");
  expect(before[2]).toBe(" Versions were found under names that older tools have given, too: abc");
  screen.press("j");
  expect(screen.draw()[1]).toMatch(/^─/);
  screen.press("?");
  expect(screen.draw().join("\n")).toContain("The store keeps no earlier versions");
});

test("nothing is read but what is in view and a little ahead", async () => {
  const screen = browse({ count: 5000, delayMs: 1 }, SIZE);
  await screen.settle();
  expect(screen.history.counts.reads).toBeLessThan(40);
  for (let page = 0; page < 200; page++) {
    screen.press("pagedown");
    screen.draw();
  }
  await screen.settle();
  expect(screen.history.counts.reads).toBeLessThan(120);
  expect(screen.history.counts.mostAtOnce).toBeLessThanOrEqual(8);
});

test("the selection stays on its version when the order becomes known", async () => {
  const screen = browse({ count: 40, late: [37], delayMs: 5 }, SIZE);
  screen.draw();
  screen.press("down", "down");
  const versionId = () => screen.session.timeline.listed(screen.session.view.selected).versionId;
  expect(versionId()).toBe("v38");
  expect(screen.session.timeline.positionOf(screen.session.view.selected)).toBe(2);
  await screen.settle();
  expect(versionId()).toBe("v38");
  expect(screen.draw()[0]).toContain("2 of 40");
});

test("an event that was stored twice is shown once, and whoever had selected the other is on it", async () => {
  const screen = browse({ count: 12, again: [6, 7, 8] }, SIZE);
  screen.press(..."jjjjjj", "m", "j");
  expect(screen.draw()[0]).toContain("8 of 15 versions");
  const lines = await screen.settle();
  expect(lines[0]).toContain("5 of 12 versions");
  const list = lines.map((line) => line.split("│")[0]!);
  expect(list.join("\n")).not.toContain("unchanged");
  expect(list.filter((line) => /^.{3}\d\d:\d\d:/.test(line)).length).toBe(12);
  const { selected, marked } = screen.session.view;
  const ids = [selected, marked!].map((version) => screen.session.timeline.listed(version).versionId);
  expect(ids).toEqual(["v7 again", "v8 again"]);
});

test("items of 400 KB open at what has changed, whole, and at what was found", async () => {
  const screen = browse({ count: 30, bigKilobytes: 400 }, SIZE);
  screen.press("down");
  const lines = await screen.settle();
  expect(lines.join("\n")).toContain("27abcde");
  expect(lines.join("\n")).toContain("28abcde");
  expect(screen.session.reader.held).toBeLessThan(34 * 1024 * 1024);
  screen.press("tab");
  expect((await screen.settle()).join("\n")).toMatch(/lines 1-15 of \d+ \d{3}/);
  screen.press("enter", "end");
  expect(screen.draw().join("\n")).toContain("total");
  screen.press("escape", "/", ..."28abcde", "enter");
  expect((await screen.settle()).join("\n")).toContain("78928a");
  for (let version = 0; version < 29; version++) {
    screen.press("escape", "down");
    screen.draw();
    await Bun.sleep(5);
  }
  await screen.settle();
  expect(screen.session.reader.held).toBeLessThan(34 * 1024 * 1024);
});

test("a plan is agreed to only when all of it was on the screen", async () => {
  let item: WireItem | undefined = itemAfter(39);
  const screen = browse(
    { count: 40 },
    { columns: 40, rows: 10 },
    {
      restore: {
        plan: async (image) => ({
          lines: Array.from({ length: 20 }, (_, line) => `line ${line}`),
          token: image,
        }),
        carryOut: async (token) => {
          item = token as WireItem;
          return { ok: true, lines: ["done"] };
        },
      },
    },
  );
  screen.press("down", "down");
  await screen.settle();
  screen.press("r");
  await Bun.sleep(5);
  expect(screen.draw().join("\n")).toContain("read on to answer");
  screen.press("y");
  await Bun.sleep(5);
  expect(equalItems(item, itemAfter(39))).toBe(true);
  for (let page = 0; page < 4; page++) {
    screen.press("pagedown");
    screen.draw();
  }
  expect(screen.draw().join("\n")).toContain("line 19");
  screen.press("y");
  await Bun.sleep(5);
  expect(screen.draw().join("\n")).toContain("Restored");
  expect(equalItems(item, itemAfter(37))).toBe(true);
});
