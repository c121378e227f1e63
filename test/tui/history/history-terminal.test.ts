import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programEnvironment } from "../../helpers/program-environment.ts";
import { startTerminal, type TerminalOptions, type TerminalSession } from "../../helpers/pty.ts";
import { CTRL_C, expectRestored } from "../fixtures/driven-dashboard.ts";
import { itemAfter } from "./fixtures/scripted-history.ts";

const PROGRAM = join(import.meta.dir, "fixtures", "history-program.tsx");
const DOWN = "\x1b[B";
const UP = "\x1b[A";
const PAGE_DOWN = "\x1b[6~";
const END = "\x1b[F";
const ESCAPE = "\x1b";
const ENTER = "\r";

let session: TerminalSession;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ddbr-test-"));
});

afterEach(async () => {
  await session?.close();
  rmSync(directory, { recursive: true });
});

async function start(script: object, options: TerminalOptions = {}): Promise<void> {
  session = startTerminal([process.execPath, PROGRAM, JSON.stringify(script)], {
    cwd: directory,
    ...options,
    env: { LANG: "C.UTF-8", LC_ALL: undefined, NO_COLOR: undefined, ...options.env },
  });
  await session.waitForRawMode();
  await session.waitFor("1 of ");
}

async function press(keys: string, wanted: string | RegExp): Promise<void> {
  session.write(keys);
  await session.waitFor(wanted);
}

test("moves, switches views, marks and compares, then leaves with q", async () => {
  await start({ count: 5000, deleteEvery: 25, delayMs: 2 });
  await session.waitFor(/changed lines/);
  await press(`${DOWN}${DOWN}j`, " 4 of 5 000");
  await press(`${UP}k`, " 2 of 5 000");
  await press(PAGE_DOWN, /\b1[5-9] of 5 000/);
  await press(END, "5 000 of 5 000");
  await session.waitFor(/▸.*22:00:00\.114 created/);
  await press("g", " 1 of 5 000");
  await press("jj\t", "[whole]");
  await session.waitFor(/"u-10442" *$/);
  await press("\t", "[table]");
  await session.waitFor('+ note            "written 4999"');
  await press("\x1b[Z", "[whole]");
  await press("\t", "[table]");
  await press("\tm", "◆");
  await press("jjj", "to the marked one");
  await session.waitFor(/~ lines\[0\]\.sku/);
  await press(ENTER, "Esc back");
  await press(ESCAPE, "↑↓ version");
  await press("?", "All times are UTC");
  await press("x", "q quit");
  session.write("q");
  await expectRestored(session, 0, "ended: nothing, status paid");
});

test("searches in the background, goes from hit to hit, and stops with Esc", async () => {
  await start({ count: 3000, delayMs: 5 });
  await press("/ritten 2991\r", '"written 2991"');
  expect(session.screen()[0]).toContain(" 9 of 3 000");
  await session.waitFor(/searching "ritten 2991"|found in 1 of/);
  session.write(ESCAPE);
  await session.waitFor(/"ritten 2991" found in 1 (in the [\d ]+ searched )?of 3 000 versions/);
  await press("g/written 29\r", "searching");
  await session.waitFor('"written 2999"');
  await press("n", /\b5 of 3 000/);
  await press("n", /\b9 of 3 000/);
  await press("N", /\b5 of 3 000/);
  await session.waitFor(/searching|found in/);
  expect(session.screen().filter((line) => /^.•/.test(line)).length).toBeGreaterThan(2);
  await press("/nowhere\r", "searching");
  await press(ESCAPE, /"nowhere" was not found in the [\d ]+ searched of 3 000/);
  session.write("q");
  await expectRestored(session, 0, "ended: nothing, status open");
});

test("jumps to the version that was current at a time", async () => {
  await start({ count: 5000 });
  await press("d", "go to (UTC");
  await press("2026-11-22 03:04:05\r", "at 2026-11-22 03:04:05 UTC this was current");
  // 29:04:04.886 after the first event, one every 97.003 s: 1,079 have been, the newest is the 5,000th.
  expect(session.screen()[0]).toContain("3 922 of 5 000");
  await press("dx", /: x *$/);
  await press("\x7f", /14:03\): *$/);
  await press("soo\x7f\x7f\x7f2020-01-01\r", "the oldest is shown");
  expect(session.screen()[0]).toContain("5 000 of 5 000");
  await press("dsoon\r", '"soon" is no time');
  await press(`d12${ESCAPE}`, "q quit");
  expect(session.screen()[0]).toContain("5 000 of 5 000");
});

test("resized down to one pane, one line and back, nothing of the other size stays", async () => {
  await start({ count: 50 });
  await session.waitFor("unchanged: ");
  await session.waitForQuiet(400);
  const before = session.screen();
  session.resize(50, 12);
  await session.waitFor((screen) => screen[11]!.includes("open") && !screen.join("").includes("│"));
  await press(ENTER, "[change]");
  await press(ESCAPE, "⏎ open");
  session.resize(22, 3);
  await session.waitFor((screen) => /^1\/50 2026/.test(screen[0]!) && screen.slice(1).join("") === "");
  session.resize(200, 60);
  await session.waitFor(
    /MODIFY · stored 2026-11-20 .* · sequence 4000000000000000000000\d+ · version v49 · object/,
  );
  session.resize(80, 24);
  await session.waitFor((screen) => screen.join("\n") === before.join("\n"));
});

test("writes a version to a file and copies it through the terminal", async () => {
  await start({ count: 20 });
  await press("jjw", "written to version-v17.json");
  expect(await Bun.file(join(directory, "version-v17.json")).json()).toEqual(itemAfter(17));
  await press("y", "copied in wire form");
  const copied = /\x1b\]52;c;([A-Za-z0-9+/=]+)\x07/.exec(session.raw())![1]!;
  expect(JSON.parse(Buffer.from(copied, "base64").toString())).toEqual(itemAfter(17));
  await press("Y", "copied as shown");
  const shown = session
    .raw()
    .match(/(?<=\x1b\]52;c;)[^\x07]+/g)!
    .at(-1)!;
  expect(Buffer.from(shown, "base64").toString()).toContain('"at":1732330101');
});

test("what is too large to copy is refused", async () => {
  await start({ count: 3, bigKilobytes: 100 });
  await press("y", "too large to copy: w writes it to a file");
  expect(session.raw()).not.toContain("\x1b]52;");
});

test("restores after the plan was shown and agreed to", async () => {
  await start({ count: 20 });
  await press("jjjj", " 5 of 20");
  await press("r", "y yes   N no");
  expect(session.screen().join("\n")).toContain(
    "Restore the version of 2026-11-20 22:24:15.159 UTC into the table?",
  );
  expect(session.screen().join("\n")).toContain("put the version into us-east-1/orders");
  await press("N", " 5 of 20");
  await press("\t\t", "[table]");
  await session.waitFor('"refunded" → "open"');
  await press("r", "y yes   N no");
  await press("y", "restored and verified");
  await press("x", " 5 of 20");
  await session.waitFor("no difference");
  session.write("q");
  await expectRestored(session, 0, "ended: restored, status refunded");
});

test("a refusal is shown with its reason, and changes nothing", async () => {
  await start({ count: 20, race: true });
  await press("jjr", "y yes   N no");
  await press("y", "refused: the item has changed since it was read");
  expect(session.screen()[0]).toContain("Not restored");
  await press("x", "q quit");
  session.write("q");
  await expectRestored(session, 0, "ended: refused, status somebody else's");
});

test("Ctrl-C leaves; during a restore it waits for the write, once more at once", async () => {
  await start({ count: 20 });
  session.write(CTRL_C);
  await expectRestored(session, 0, "ended: nothing, status open");
  await session.close();
  await start({ count: 20, restoreMs: 2_000 });
  await press("jjjjr", "y yes   N no");
  await press("y", "writing");
  session.write(CTRL_C);
  await expectRestored(session, 0, "ended: restored, status refunded");
  await session.close();
  await start({ count: 20, restoreMs: 60_000 });
  await press("jjjjr", "y yes   N no");
  await press("y", "writing");
  session.write(CTRL_C);
  await Bun.sleep(50);
  session.write(CTRL_C);
  await expectRestored(session, 130, "failed: stopped");
});

test.each(["SIGTERM", "SIGHUP"] as const)("%s leaves like Ctrl-C, also while it searches", async (signal) => {
  await start({ count: 3000, delayMs: 5 });
  await press("/nowhere\r", "searching");
  session.kill(signal);
  await expectRestored(session, 0, "ended: nothing, status open");
});

test("a terminal that goes away ends it", async () => {
  const outcomeFile = join(directory, "outcome");
  let screen = "";
  const program = Bun.spawn([process.execPath, PROGRAM, JSON.stringify({ count: 50, outcomeFile })], {
    env: programEnvironment({ TERM: "xterm" }),
    terminal: {
      cols: 80,
      rows: 24,
      data: (_: unknown, bytes: Uint8Array) => {
        screen += new TextDecoder().decode(bytes);
      },
    },
  });
  while (!screen.includes("of 50")) await Bun.sleep(5);
  program.terminal!.close();
  await program.exited;
  expect(await Bun.file(outcomeFile).text()).toBe("nothing");
});

test("what comes from a table or a bucket reaches the screen only in escaped form", async () => {
  await start({
    count: 12,
    nasty: true,
    failing: [5],
    table: "\x1b[31mred\x9b2K",
    olderNames: ["\x1b]0;t\x07"],
  });
  await session.waitFor("changed");
  for (let version = 0; version < 12; version++) {
    await press("\t", "[whole]");
    await press("\t", "[table]");
    await press("\t", "[change]");
    session.write(DOWN);
  }
  expect(session.raw()).not.toContain("\x1b[2J\x1b[31mred");
  expect(session.raw()).not.toContain("\x1b]0;");
  expect(session.raw()).not.toMatch(/[\x00-\x06\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u200b\u202e\u2028]/);
});

test.each(["TERM=dumb", "LANG=C"])("%s: nothing but ASCII", async (variable) => {
  const [name, value] = variable.split("=") as [string, string];
  await start({ count: 12, nasty: true }, { env: { [name]: value } });
  await press("jm\tj\t?", "All times are UTC");
  expect(session.raw()).not.toMatch(/[^\x00-\x7e]/);
});

test("NO_COLOR: no colours", async () => {
  await start({ count: 12 }, { env: { NO_COLOR: "1" } });
  await session.waitFor("unchanged: ");
  expect(session.raw()).not.toMatch(/\x1b\[(3[0-7]|9[0-7]|4[0-7]|38|48)[;m]/);
});
