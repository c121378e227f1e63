import { describe, expect, test } from "bun:test";
import { renderToString } from "ink";
import type { FollowEvent } from "../../../src/core/follow/follow-events.ts";
import { LineScreen } from "../../../src/tui/components/line-screen.tsx";
import { FOLLOW_VIEWS } from "../../../src/tui/dashboards/follow-dashboard.tsx";
import { FollowSession } from "../../../src/tui/dashboards/follow-session.ts";
import { RunScreen } from "../../../src/tui/dashboards/run-screen.ts";
import { canvasOf, type Size } from "../../../src/tui/terminal/canvas.ts";
import type { Environment } from "../../../src/tui/terminal/environment.ts";
import { expectSound, SIZES } from "../fixtures/sound-screen.ts";
import { scriptedEvents, summaryOf } from "./scripted-follow.ts";

const UTF8 = { LANG: "C.UTF-8" };
const NORMAL: Size = { columns: 80, rows: 24 };

/** The screen of a run that has told of these events, and of its end when `over`. */
async function screenOf(
  events: FollowEvent[],
  { over = false, size = NORMAL, env = UTF8 as Environment } = {},
) {
  const session = new FollowSession(async ({ report, signal }) => {
    for (const event of events) report(event);
    const summary = summaryOf(events, over ? "caught-up" : "interrupted");
    if (!over) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    report({ type: "finished", summary });
    return summary;
  });
  const ended = session.show();
  await Promise.race([ended, Bun.sleep(1)]);
  const screen = new RunScreen(session, FOLLOW_VIEWS, { title: "ddbr follow", interrupt: () => {} });
  const canvas = canvasOf(size, env);
  return {
    session,
    screen,
    draw: () =>
      renderToString(<LineScreen program={screen} canvas={canvas} />, { columns: size.columns }).split("\n"),
    async end() {
      session.stop();
      return await ended;
    },
  };
}

describe.each(SIZES.map((size) => [`${size.columns} by ${size.rows}`, size] as const))("at %s", (_, size) => {
  test.each([
    ["Unicode", UTF8],
    ["ASCII", { LANG: "C" }],
  ])("every screen fits, whatever names, keys and reasons hold (%s)", async (name, env) => {
    for (const events of [[], scriptedEvents(), scriptedEvents({ nasty: true, shards: 60 })]) {
      for (const over of [false, true]) {
        const { screen, draw, end } = await screenOf(events, { over, size, env });
        for (const key of ["", "?", "x", "p"]) {
          screen.press(key);
          const lines = draw();
          expectSound(lines, size);
          if (name === "ASCII") expect(lines.join("")).toMatch(/^[\x20-\x7e]*$/);
        }
        await end();
      }
    }
  });
});

test("at 80×24: how far behind, what each shard does, what went wrong, what was written last", async () => {
  const { draw, end } = await screenOf(scriptedEvents());
  const lines = draw();
  expect(lines[0]).toMatch(/^ ddbr follow {2}us-east-1\/orders ─► eu-west-1\/orders +00:00$/);
  expect(lines[1]).toMatch(/^ [\d:d ]+ behind {3}last change 2026-11-23 12:00:04 UTC +[\d.]+( k)?\/s$/);
  expect(lines[2]).toMatch(/^ read +5000 records +[\d.]+( [kM])?\/s +0 retries +617\.2 kB$/);
  expect(lines[3]).toMatch(/^ written +4500 records +[\d.]+( [kM])?\/s +5 retries +[\d.]+( [kM])? WCU\/s$/);
  expect(lines[4]).toBe(" undone 2 · shards with losses 1 · throttled 5 · superseded 450 · repeated 25");
  expect(lines[6]).toBe(" Shards  1 refused · 2 reading · 1 up to date · 2 waiting · 1 done");
  expect(lines[7]).toBe("   shard                   state         records  last change (UTC)      behind");
  const text = lines.join("\n");
  expect(text).toMatch(/^ {3}1795438215261-24e6968 +refused +999 {2}2026-11-23 12:00:01 +\S/m);
  expect(text).toMatch(/^ {3}1795438215260-24e6968 +up to date +999 {2}2026-11-23 12:00:00 +0 s$/m);
  expect(text).toMatch(/^ {3}1795438215263-24e6968 +done ✓ +999 {2}2026-11-23 12:00:03$/m);
  expect(text).toMatch(/^ {3}lost +1795438215262-24e6968 +no longer kept: compare and repair$/m);
  expect(text).toMatch(/^ {3}refused +1795438215261-24e6968 +1 tried again: wrong type$/m);
  expect(text).toMatch(/^ {3}undone +13 +its new image is not in wire form$/m);
  expect(lines[23]).toBe(" q stop  p pause  ? help");
  await end();
});

test("the changes that were written last, the latest first", async () => {
  const { draw, end } = await screenOf(
    scriptedEvents().filter(({ type }) => type !== "lost" && type !== "skipped"),
  );
  const text = draw().join("\n");
  expect(text).toMatch(
    /^ Changes {2}the latest\n {13}remove {2}\{"id":"gone-4"\}\n {3}12:00:00 {2}insert {2}\{"id":"order-4"\}$/m,
  );
  await end();
});

test("p stands still, q stops, and the screen says so; the end closes it", async () => {
  const { screen, session, draw, end } = await screenOf(scriptedEvents());
  screen.press("p");
  expect(draw()[0]).toContain("PAUSED");
  expect(draw()[23]).toContain("p resume");
  screen.press("?");
  expect(draw().join("\n")).toContain("superseded: a later change");
  screen.press("x");
  screen.press("q");
  expect(session.stopping).toBe(true);
  expect(await end()).toMatchObject({ outcome: "interrupted" });
});
