import { afterEach, describe, expect, test } from "bun:test";
import { renderToString } from "ink";
import { LineScreen } from "../../src/tui/components/line-screen.tsx";
import { DiffScreen } from "../../src/tui/dashboards/diff-screen.ts";
import { DiffSession } from "../../src/tui/dashboards/diff-session.ts";
import { canvasOf, type Size } from "../../src/tui/terminal/canvas.ts";
import type { Environment } from "../../src/tui/terminal/environment.ts";
import { bigRecord, NASTY_TEXTS, nastyRecord, record } from "./fixtures/records.ts";
import { playRun, type Script } from "./fixtures/scripted-run.ts";
import { expectSound, SIZES } from "./fixtures/sound-screen.ts";

const UTF8 = { LANG: "C.UTF-8" };
const EVERYTHING = [
  ...NASTY_TEXTS.map((_, number) => nastyRecord(number)),
  bigRecord(1),
  ...Array.from({ length: 200 }, (_, number) => record(number)),
];

const sessions: DiffSession[] = [];

afterEach(() => {
  for (const session of sessions.splice(0)) session.spool.close();
});

/** A screen over a run which has ended, drawn at a size of its own. */
async function screenAfter(script: Script, size: Size, env: Environment = UTF8) {
  const session = new DiffSession({
    run: (job) => playRun({ steps: 10, stepMs: 1, ...script }, job),
    repair: {
      question: () => ["Write to eu-west-1/orders?"],
      run: () => Promise.reject(new Error("not asked for")),
    },
  });
  sessions.push(session);
  void session.show({ stays: true });
  while (!session.over) await Bun.sleep(1);
  await Bun.sleep(1);
  const screen = new DiffScreen(session, { title: "ddbr diff-tables", interrupt: () => {} });
  const canvas = canvasOf(size, env);
  return {
    press: (...keys: string[]) => {
      for (const key of keys) screen.press(key, canvas);
    },
    draw: () =>
      renderToString(<LineScreen program={screen} canvas={canvas} />, { columns: size.columns }).split("\n"),
  };
}

describe.each(SIZES.map((size) => [`${size.columns} by ${size.rows}`, size] as const))("at %s", (_, size) => {
  test.each([
    ["Unicode", UTF8],
    ["ASCII", { LANG: "C" }],
  ])("every screen fits, whatever the records hold (%s)", async (name, env) => {
    const screen = await screenAfter({ discrepancies: EVERYTHING }, size, env);
    const expectAllSound = () => {
      const lines = screen.draw();
      expectSound(lines, size);
      if (name === "ASCII") expect(lines.join("")).toMatch(/^[\x20-\x7e]*$/);
    };
    expectAllSound();
    for (let number = 0; number <= NASTY_TEXTS.length; number++) {
      screen.press("enter");
      expectAllSound();
      screen.press("n", "pagedown");
      expectAllSound();
      screen.press("escape", "down");
      expectAllSound();
    }
    screen.press("end");
    expectAllSound();
    for (const key of ["?", "x", "r", "n", "f", "f", "f"]) {
      screen.press(key);
      expectAllSound();
    }
  });

  test("nothing found, thousands of segments", async () => {
    const screen = await screenAfter({ discrepancies: [], segments: 5000, mode: "backfill" }, size);
    expectSound(screen.draw(), size);
  });
});

test("80×24, finished", async () => {
  const screen = await screenAfter({ segments: 4 }, SIZES[0]!);
  const lines = screen.draw();
  expect(lines[0]).toMatch(/^ ddbr diff-tables {2}us-east-1\/orders ─► eu-west-1\/orders +finished +00:00$/);
  expect(lines[1]).toMatch(/^ █+ 100 % {3}4\/4 segments$/);
  expect(lines[2]).toMatch(
    /^ primary 200\.0 k items +70\.0 MB +[\d.]+ [kM] items\/s +[\d.]+( [kM])? RCU\/s +0 retries$/,
  );
  expect(lines[4]).toBe(" segments ▕████▏▕████▏▕████▏▕████▏");
  expect(lines[5]).toMatch(/^ throttled 2 · in flight 2 · looked up 8 · \S+\s\S+ of about [\d ]+ RCU$/);
  expect(lines[7]).toBe(" Discrepancies 17  missing 6 · different 6 · extraneous 5  filter: all  1 of 17");
  expect(lines[9]).toBe(' ▸ missing     {"id":"u-10000","at":1732330000}           note, status, total');
  expect(lines[10]).toBe('   different   {"id":"u-10001","at":1732330001}           note, status, tags, …');
  expect(lines[23]).toBe(" q quit  r repair  ? help  ↑↓ move  ⏎ open  f filter");
});

test("a record, side by side where there is room", async () => {
  const screen = await screenAfter({}, SIZES[0]!);
  screen.press("down", "enter");
  const lines = screen.draw();
  expect(lines[0]).toMatch(/^ different +2 of 17$/);
  expect(lines[1]).toBe(' {"id":"u-10001","at":1732330001}');
  expect(lines.slice(3, 9)).toEqual([
    "   attribute  primary                          replica",
    ' + note       "customer asked for it"          (absent)',
    ' ~ status     "refunded"                       "paid"',
    ' - tags       (absent)                         SS ["red","green"]',
    " ~ total      100.000000000000000000000000000  100.000000000000000000000000000",
    "              00000001                         00000002",
  ]);
  screen.press("right");
  expect(screen.draw()[3]).toBe("   attribute  replica (the primary has no such record)");
});

test("a record, stacked where there is none", async () => {
  const screen = await screenAfter({}, { columns: 40, rows: 15 });
  screen.press("down", "enter");
  expect(screen.draw().slice(3, 8)).toEqual([
    " + note",
    '   primary  "customer asked for it"',
    " ~ status",
    '   primary  "refunded"',
    '   replica  "paid"',
  ]);
});

test("n goes to the change in the middle of a big value", async () => {
  const screen = await screenAfter({ discrepancies: [bigRecord(1)] }, SIZES[0]!);
  screen.press("enter");
  expect(screen.draw().join("")).not.toContain("A");
  screen.press("n");
  expect(screen.draw().slice(4, 6).join("")).toMatch(/A.*B/);
});

test("types that look the same are told apart", async () => {
  const attributes = [
    { name: "a", primary: { S: "1" }, replica: { N: "1" } },
    { name: "b", primary: { L: [{ S: "x" }] }, replica: { SS: ["x"] } },
    { name: "c", primary: { S: "AQI=" }, replica: { B: "AQI=" } },
    { name: "d", primary: { M: { x: { SS: ["y"] } } }, replica: { M: { x: { L: [{ S: "y" }] } } } },
    { name: "e", primary: { NULL: true as const }, replica: { S: "" } },
  ];
  const discrepancy = { kind: "different" as const, key: { id: { S: "k" } }, attributes };
  const screen = await screenAfter({ discrepancies: [discrepancy] }, { columns: 110, rows: 24 });
  screen.press("enter");
  const lines = screen.draw().slice(4, 9);
  expect(lines.map((line) => line.slice(1).split(/ {2,}/))).toEqual([
    ["~ a", '"1"', "1"],
    ["~ b", '["x"]', 'SS ["x"]'],
    ["~ c", '"AQI="', 'B "AQI="'],
    ["~ d", '{"M":{"x":{"SS":["y"]}}}', '{"M":{"x":{"L":[{"S":"y"}]}}}'],
    ["~ e", "null", '""'],
  ]);
});

test("a repair is asked for with the whole question, or not at all", async () => {
  const screen = await screenAfter({}, SIZES[0]!);
  screen.press("r");
  expect(screen.draw().join("\n")).toContain("Write to eu-west-1/orders?");
  screen.press("N");
  expect(screen.draw()[7]).toContain("Discrepancies 17");

  const tiny = await screenAfter({}, { columns: 40, rows: 3 });
  tiny.press("r");
  expect(tiny.draw()[0]).toBe("Enlarge the window; any key: no");
  tiny.press("y");
  expect(tiny.draw()[0]).toContain("17 found");
});

test("a long table name keeps both its ends, and the mode stays to be seen", async () => {
  const screen = await screenAfter({ mode: "repair" }, SIZES[1]!);
  expect(screen.draw()[0]).toMatch(/^ repair {2}us-.*… ?.*rs ─► eu-.*rs/);
});

test("sides that aren't tables are called by their own names", async () => {
  const labels = { primary: "table", replica: "snapshot" };
  const screen = await screenAfter({ labels }, SIZES[0]!);
  const [, , primary, replica] = screen.draw();
  expect(primary).toMatch(/^ table +200\.0 k items/);
  expect(replica).toMatch(/^ snapshot 200\.0 k items/);
  screen.press("down", "enter");
  expect(screen.draw()[3]).toMatch(/^ {3}attribute {2}table +snapshot$/);
  screen.press("?");
  expect(screen.draw().join("\n")).toContain("+ only in the table   - only in the snapshot");

  const narrow = await screenAfter({ labels }, { columns: 40, rows: 15 });
  narrow.press("down", "enter");
  expect(narrow.draw().slice(5, 8)).toEqual([" ~ status", '   table     "refunded"', '   snapshot  "paid"']);
});
