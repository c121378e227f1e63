import { describe, expect, test } from "bun:test";
import { renderToString } from "ink";
import { LineScreen } from "../../../src/tui/components/line-screen.tsx";
import { RestoreScreen } from "../../../src/tui/dashboards/restore-screen.ts";
import { RestoreSession } from "../../../src/tui/dashboards/restore-session.ts";
import { canvasOf, type Size } from "../../../src/tui/terminal/canvas.ts";
import type { Environment } from "../../../src/tui/terminal/environment.ts";
import { expectSound, SIZES } from "../fixtures/sound-screen.ts";
import { nastyRestore } from "./fixtures/nasty-restore.ts";
import { PLAN, playRestore, type RestoreScript } from "./fixtures/scripted-restore.ts";

const UTF8 = { LANG: "C.UTF-8" };
const NORMAL: Size = { columns: 80, rows: 24 };

type Until = (session: RestoreSession) => boolean;

/** The screen of a run, paused once `until` holds; drawn at a size of its own. */
async function screenAt(script: RestoreScript, until: Until, size: Size, env: Environment = UTF8) {
  const session = new RestoreSession((job) => playRestore(script, job), { writePrice: 0.625 });
  const summary = session.show();
  while (!until(session)) await Bun.sleep(1);
  if (!session.over) session.togglePause();
  await Bun.sleep(3);
  const screen = new RestoreScreen(session, { title: "ddbr restore-table", interrupt: () => {} });
  const canvas = canvasOf(size, env);
  return {
    summary,
    end: () => session.stop(),
    press: (...keys: string[]) => {
      for (const key of keys) screen.press(key);
    },
    draw: () =>
      renderToString(<LineScreen program={screen} canvas={canvas} />, { columns: size.columns }).split("\n"),
  };
}

const asking: Until = (session) => session.question !== undefined;
const writing: Until = (session) => session.frame().state.totals.written.create > 500;
const finished: Until = (session) => session.over;
const during =
  (phase: string): Until =>
  (session) =>
    session.over || (session.frame().state.phase === phase && session.frame().fraction > 0.3);

describe.each(SIZES.map((size) => [`${size.columns} by ${size.rows}`, size] as const))("at %s", (_, size) => {
  test.each([
    ["Unicode", UTF8],
    ["ASCII", { LANG: "C" }],
  ])("every screen fits, whatever names, keys and reasons hold (%s)", async (name, env) => {
    for (const until of [() => true, asking, during("writing"), during("verifying"), finished]) {
      const script = { ...nastyRestore(), yes: until !== asking, steps: 20 };
      const screen = await screenAt(script, until, size, env);
      for (const key of ["", "?", "x"]) {
        screen.press(key);
        const lines = screen.draw();
        expectSound(lines, size);
        if (name === "ASCII") expect(lines.join("")).toMatch(/^[\x20-\x7e]*$/);
      }
      screen.end();
    }
  });
});

test("while both are read, bars tell how far each is", async () => {
  const screen = await screenAt({ steps: 40 }, during("reading"), NORMAL);
  const lines = screen.draw();
  expect(lines[0]).toMatch(/^ merge {2}s3:\S+ ─► us-east-1\/orders +PAUSED +\d\d:\d\d$/);
  expect(lines[1]).toBe(" read ▸   plan   write   verify");
  expect(lines[2]).toMatch(/^ █+░+ +\d+ % {3}reading$/);
  const text = lines.join("\n");
  expect(text).toMatch(/^ {3}source {2}█+░+ +\d+ % +[\d.]+ k of 200\.0 k$/m);
  expect(text).toMatch(/^ {3}table {3}█+░+ +\d+ % +[\d.]+ k of 198\.8 k$/m);
  expect(text).toMatch(/^ segments ▕/m);
  screen.end();
});

test("the plan is asked about: what, how much, what it costs, where", async () => {
  const changes = { ...PLAN.changes, delete: { items: 7, bytes: 700, writeUnits: 7 } };
  const screen = await screenAt({ plan: { ...PLAN, changes } }, asking, NORMAL);
  const text = screen.draw().join("\n");
  expect(text).toContain(" read ✓   plan ▸   write   verify");
  expect(text).toMatch(/^ {3}create +1 200 +4\.2 MB +4 300$/m);
  expect(text).toMatch(/^ {3}replace +300 +105\.0 kB +310$/m);
  expect(text).toMatch(/^ {3}DELETE +7 +700 B +7$/m);
  expect(text).toMatch(/^ {3}in all +1 507 +4\.3 MB +4 617$/m);
  expect(text).toContain("about $0.0029, without indexes   at $0.625 a million");
  expect(text).toContain("equal 198 500 · left alone 5 only in the table");
  expect(text).toContain("arn:aws:dynamodb:us-east-1:123456789012:table/orders");
  expect(text).toContain("./ddbr-restore-orders-0badcafe.ndjson");
  expect(text).toContain("7 records are DELETED from the table.");
  expect(text).toContain(" y carry out  n leave: nothing is written");
  expect(text).not.toContain("ETA");
  screen.end();
});

test("y carries out what was seen; nothing but y does", async () => {
  const screen = await screenAt({}, asking, NORMAL);
  // Not drawn yet.
  screen.press("y");
  expect(screen.draw().join("\n")).toContain("y carry out");
  screen.press("enter", " ", "p");
  // On the page of help any key closes it, and answers nothing.
  screen.press("?", "y");
  expect(screen.draw().join("\n")).toContain("y carry out");
  screen.press("y");
  expect((await screen.summary).outcome).toBe("incomplete");
});

test.each(["n", "N", "q", "escape"])("%s writes nothing", async (key) => {
  const screen = await screenAt({}, asking, NORMAL);
  screen.draw();
  screen.press(key);
  const { outcome, totals } = await screen.summary;
  expect(outcome).toBe("interrupted");
  expect(totals.written).toEqual({ create: 0, replace: 0, delete: 0 });
});

test("a plan that does not fit on the screen as a whole is not agreed to", async () => {
  const screen = await screenAt({}, asking, { columns: 80, rows: 10 });
  expect(screen.draw()[0]).toBe("Enlarge the window to see the plan; n: leave");
  screen.press("y");
  expect(screen.draw()[0]).toContain("Enlarge the window");
  screen.press("n");
  expect((await screen.summary).outcome).toBe("interrupted");
});

test("while it writes: a bar for each kind, rates, the plan, and what was left alone", async () => {
  const script = { yes: true, steps: 40, tableItems: 10_000, sourceItems: 10_000 };
  const screen = await screenAt(script, writing, { columns: 120, rows: 40 });
  const lines = screen.draw();
  expect(lines[1]).toBe(" read ✓   plan ✓   write ▸   verify");
  const text = lines.join("\n");
  expect(text).toMatch(/^ table +\d+ written .* WCU\/s +\d+ retries +\d+ throttled/m);
  expect(text).toMatch(/^ {3}create +█+░+ +\d+ % +\d+ of 1200$/m);
  expect(text).toMatch(/^ {3}replace +█+░+ +\d+ % +\d+ of 300$/m);
  expect(text).not.toMatch(/^ {3}delete/m);
  expect(text).toContain(" Plan");
  expect(text).toMatch(/^ {3}left {8}\{"id":"u-10442"\} +changed since$/m);
  screen.end();
});

test("a dry run plans only", async () => {
  const screen = await screenAt({ dryRun: true }, finished, NORMAL);
  const lines = screen.draw();
  expect(lines[0]).toMatch(/merge dry run .*dry run done +00:0\d$/);
  expect(lines[1]).toBe(" read ✓   plan ✓");
  expect(lines[2]).toContain("100 %");
});

test("one line where no more fits", async () => {
  const screen = await screenAt({ yes: true, mishaps: [] }, finished, { columns: 60, rows: 3 });
  expect(screen.draw()[0]).toBe("100 % finished 1500 written  q quit");
});
