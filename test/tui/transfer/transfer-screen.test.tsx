import { describe, expect, test } from "bun:test";
import { renderToString } from "ink";
import type { TransferJob } from "../../../src/core/transfer/transfer-events.ts";
import { LineScreen } from "../../../src/tui/components/line-screen.tsx";
import { RunScreen } from "../../../src/tui/dashboards/run-screen.ts";
import { TRANSFER_VIEWS } from "../../../src/tui/dashboards/transfer-dashboard.tsx";
import { TransferSession } from "../../../src/tui/dashboards/transfer-session.ts";
import { canvasOf, type Size } from "../../../src/tui/terminal/canvas.ts";
import type { Environment } from "../../../src/tui/terminal/environment.ts";
import { expectSound, SIZES } from "../fixtures/sound-screen.ts";
import { nastyScript } from "./fixtures/nasty-transfer.ts";
import { playTransfer, type TransferScript } from "./fixtures/scripted-transfer.ts";

const UTF8 = { LANG: "C.UTF-8" };
const JOBS: readonly TransferJob[] = ["backup", "backfill", "snapshot", "fingerprint"];
const NORMAL: Size = { columns: 80, rows: 24 };
const TITLES = {
  backup: "ddbr backup-table",
  backfill: "ddbr incremental-backfill",
  snapshot: "ddbr incremental-snapshot",
  fingerprint: "ddbr fingerprint",
};

type Until = (session: TransferSession) => boolean;

/** The screen of a run, paused once `until` holds; drawn at a size of its own. */
async function screenAt(script: TransferScript, until: Until, size: Size, env: Environment = UTF8) {
  const session = new TransferSession((job) => playTransfer({ steps: 10, stepMs: 1, ...script }, job));
  void session.show();
  while (!until(session)) await Bun.sleep(1);
  if (!session.over) session.togglePause();
  await Bun.sleep(5);
  const title = TITLES[script.job ?? "backup"];
  const screen = new RunScreen(session, TRANSFER_VIEWS, { title, interrupt: () => {} });
  const canvas = canvasOf(size, env);
  return {
    end: () => session.stop(),
    press: (...keys: string[]) => {
      for (const key of keys) screen.press(key);
    },
    draw: () =>
      renderToString(<LineScreen program={screen} canvas={canvas} />, { columns: size.columns }).split("\n"),
  };
}

const finished: Until = (session) => session.over;
const halfway: Until = (session) => session.over || session.frame().state.totals.read > 100_000;

describe.each(SIZES.map((size) => [`${size.columns} by ${size.rows}`, size] as const))("at %s", (_, size) => {
  test.each([
    ["Unicode", UTF8],
    ["ASCII", { LANG: "C" }],
  ])("every screen fits, whatever names, keys and reasons hold (%s)", async (name, env) => {
    for (const job of JOBS) {
      for (const until of [() => true, halfway, finished]) {
        const screen = await screenAt(
          { ...nastyScript(), job, steps: 40, segmentsKept: 2 },
          until,
          size,
          env,
        );
        for (const key of ["", "?", "x"]) {
          screen.press(key);
          const lines = screen.draw();
          expectSound(lines, size);
          if (name === "ASCII") expect(lines.join("")).toMatch(/^[\x20-\x7e]*$/);
        }
        screen.end();
      }
    }
  });

  test("thousands of segments, many at once", async () => {
    const screen = await screenAt({ segments: 5000, concurrency: 400 }, halfway, size);
    expectSound(screen.draw(), size);
    screen.end();
  });
});

test("a backup at 80×24, finished", async () => {
  const screen = await screenAt({ segments: 4, segmentsKept: 1, steps: 12, mishaps: [] }, finished, NORMAL);
  const lines = screen.draw();
  expect(lines[0]).toMatch(
    /^ backup {2}us-east-1\/orders ─► s3:\/\/backups-of\S*…\S*\/0badcafe +complete +00:00$/,
  );
  expect(lines[1]).toMatch(/^ █+ 100 % {3}4\/4 segments$/);
  expect(lines[2]).toMatch(
    /^ read +150\.0 k items +52\.5 MB +[\d.]+ [kM] items\/s +[\d.]+ [kM] RCU\/s +0 retries$/,
  );
  expect(lines[3]).toMatch(
    /^ written +150\.0 k items +10\.5 MB +[\d.]+ [kM] items\/s +0 in flight +3 retries$/,
  );
  expect(lines[4]).toBe(" segments ▕████▏▕████▏▕████▏▕████▏");
  expect(lines[5]).toMatch(/^ throttled 3 · done earlier 50\s000 · 7\s500 of about 10\s000 RCU$/);
  expect(lines[7]).toBe(" Segments  4 done · 1 of them by an earlier run");
  expect(lines[8]).toBe("   segment                                 items     stored    ratio        raw");
  expect(lines[9]).toMatch(/^ {3}3 {8}done ✓ +[\d.]+ k +[\d.]+ MB +5\.0:1 +[\d.]+ MB$/);
  expect(lines[12]).toBe("   0        done earlier ✓                50.0 k     3.5 MB    5.0:1    17.5 MB");
  expect(lines[23]).toBe(" q quit  ? help");
});

test("segments at work have their own bars, and the latest notices are told below", async () => {
  const screen = await screenAt({ job: "backfill", keptShare: 0.5, steps: 40 }, halfway, NORMAL);
  const text = screen.draw().join("\n");
  expect(text).toMatch(/PAUSED/);
  expect(text).toMatch(/Segments {2}4 at work · \d done/);
  expect(text).toMatch(/^ {3}segment +written +kept +stored$/m);
  expect(text).toMatch(/^ {3}\d +█*░* +\d+ % +[\d.]+( k)? +[\d.]+( k)? +[\d.]+ [kM]?B$/m);
  expect(text).toMatch(/^ {3}foreign {2}backups\/orders\/README\.txt +the name is no record's id$/m);
  expect(text).toContain(" q stop  p resume  ? help");
  screen.end();
});

test("a snapshot tells how far listing, reading and writing are", async () => {
  const script: TransferScript = { job: "snapshot", steps: 40, stepMs: 5, mishaps: [] };
  const early = await screenAt(script, (session) => session.frame().state.totals.listed > 0, NORMAL);
  expect(early.draw()[1]).toMatch(/^ ░+ {3}0 % {3}listing the folder$/);
  expect(early.draw().join("\n")).toMatch(/^ {3}listed {3} +[\d.]+ k objects$/m);
  early.end();
  const later = await screenAt(script, halfway, NORMAL);
  const text = later.draw().join("\n");
  expect(text).toContain(" Folding  about ");
  expect(text).toMatch(/^ {3}written {2}█+░+ +\d+ % +[\d.]+ k records {2}[\d.]+ MB, 4\.4:1$/m);
  expect(text).not.toContain("segments");
  later.end();
});

test("at 40×10 there are still bars and counts", async () => {
  const low: Size = { columns: 40, rows: 10 };
  const snapshot = await screenAt({ job: "snapshot", steps: 40 }, halfway, low);
  expect(snapshot.draw()[6]).toMatch(/^ {3}written {2}[█░]+ +\d+ % +[\d.]+ k records$/);
  snapshot.end();
  const backup = await screenAt({ steps: 40 }, halfway, low);
  expect(backup.draw()[4]).toMatch(/^ {3}\d {8}[█░]+ +\d+ % +[\d.]+( k)?$/);
  expect(backup.draw()[9]).toBe(" q stop  p resume  ? help");
  backup.end();
});

test("where the count is unknown no bar pretends to know", async () => {
  const screen = await screenAt({ expected: 0, steps: 40 }, halfway, NORMAL);
  expect(screen.draw().slice(9, 12).join("\n")).not.toMatch(/[█░%]/);
  screen.end();
});

test("one line where no more fits", async () => {
  const screen = await screenAt({ mishaps: [] }, finished, { columns: 60, rows: 3 });
  expect(screen.draw()[0]).toBe("100 % finished 200.0 k written  q quit");
});
