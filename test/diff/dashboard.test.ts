import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { DDBR } from "../helpers/cli.ts";
import { order } from "../helpers/orders.ts";
import { startTerminal, type TerminalOptions, type TerminalSession } from "../helpers/pty.ts";
import { createTable, type Item, type TestTable } from "../helpers/table.ts";

const KEYS = {
  down: "\x1b[B",
  up: "\x1b[A",
  pageDown: "\x1b[6~",
  home: "\x1b[H",
  end: "\x1b[F",
  enter: "\r",
  escape: "\x1b",
  ctrlC: "\x03",
};
const HOSTILE = "\x1b[2J\x1b[31mred\x07\x9b2K\u202e\n";
const MISSING = 120;

let primary: TestTable;
let replica: TestTable;
let session: TerminalSession | undefined;

beforeAll(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  const items: Item[] = Array.from({ length: 1500 }, (_, at) => order(`order-${at}`));
  const drifted = items.slice(MISSING);
  drifted[0] = { ...drifted[0]!, status: { S: "stale" }, extra: { N: "1" } };
  await primary.load([...items, { id: { S: HOSTILE }, value: { S: HOSTILE } }]);
  await replica.load([...drifted, { id: { S: "surplus" } }]);
}, 60_000);

afterAll(() => Promise.all([primary.drop(), replica.drop()]));
afterEach(() => session?.close());

async function start(options: string[], terminal: TerminalOptions = {}): Promise<TerminalSession> {
  const words = [DDBR, "diff-tables", primary.location, replica.location, "--settle", "0", ...options];
  session = startTerminal(words, { cols: 80, rows: 24, ...terminal });
  await session.waitFor("Discrepancies");
  await session.waitForRawMode();
  return session;
}

/** Everything found: 120 missing and the hostile one, one different, one extraneous. */
const FOUND = /(Discrepancies|Found) 123 +missing 121 · different 1 · extraneous 1/;
const COUNTED = /(Discrepancies|Found) 123/;
const finished = (terminal: TerminalSession) =>
  terminal.waitFor(FOUND, 20_000).then(() => terminal.waitFor("finished"));
const positionIn = (screen: string[]) => /(\d+) of \d+/.exec(screen.join("\n"))?.[1];
const text = (terminal: TerminalSession) => terminal.screen().join("\n");

describe("the dashboard of diff-tables in a terminal", () => {
  test("scrolls, filters, and opens a record with both sides", async () => {
    const terminal = await start([]);
    await finished(terminal);
    expect(terminal.alternateScreen()).toBe(true);
    await terminal.waitFor("1 of 123");
    terminal.write(KEYS.down);
    await terminal.waitFor("2 of 123");
    terminal.write(KEYS.end);
    await terminal.waitFor("123 of 123");
    terminal.write(KEYS.home);
    await terminal.waitFor("1 of 123");
    terminal.write(KEYS.pageDown);
    await terminal.waitFor((screen) => /(1[0-9]) of 123/.test(screen.join("\n")));

    terminal.write("f");
    await terminal.waitFor(/missing +\d+ of 121/);
    terminal.write("f");
    await terminal.waitFor(/different +1 of 1/);
    terminal.write(KEYS.enter);
    await terminal.waitFor(/~ status +"(paid|sent|returned)" +"stale"/);
    await terminal.waitFor(/- extra +\(absent\) +1/);
    terminal.write(KEYS.escape);
    await terminal.waitFor(COUNTED);
    terminal.write("q");
    expect(await terminal.exitCode).toBe(1);
  }, 60_000);

  test("escape sequences of keys and values reach the screen only in escaped form", async () => {
    const terminal = await start([]);
    await finished(terminal);
    terminal.write("f");
    await terminal.waitFor("121");
    // The missing ones come in the order of the scan: look through them for the hostile one.
    for (let page = 0; page < 15 && !text(terminal).includes("\\u001b[2J"); page++) {
      const before = positionIn(terminal.screen());
      terminal.write(KEYS.pageDown);
      await terminal.waitFor((screen) => positionIn(screen) !== before);
    }
    await terminal.waitFor("\\u001b[2J");
    const own = terminal.raw();
    expect(own).not.toContain("\x1b[31mred");
    expect(own).not.toContain("\x07");
    expect(own).not.toContain("\u202e");
    expect(own).not.toContain("\x9b");
    terminal.write("q");
    await terminal.exitCode;
  }, 60_000);

  test("resizes to 60×15 and back without leftovers", async () => {
    const terminal = await start([]);
    await finished(terminal);
    await terminal.waitForQuiet(300);
    const before = terminal.screen();
    terminal.resize(60, 15);
    await terminal.waitFor(
      (screen) => screen.length === 15 && screen.filter((line) => COUNTED.test(line)).length === 1,
    );
    expect(terminal.screen().every((line) => line.length <= 60)).toBe(true);
    terminal.resize(80, 24);
    await terminal.waitFor((screen) => screen.join("\n") === before.join("\n"));
    terminal.write("q");
    await terminal.exitCode;
  }, 60_000);

  test("p pauses and resumes the scanning", async () => {
    const terminal = await start(["--max-rcu", "12", "--segments", "40"]);
    await terminal.waitFor(/primary +[1-9]/);
    terminal.write("p");
    await terminal.waitFor("PAUSED");
    const items = () => /primary +([\d.]+ ?k?) items/.exec(text(terminal))?.[1];
    // Pages that are under way, or booked for their turn under the limit, still come in: one a second.
    let then = items();
    for (let quiet = 0; quiet < 3; quiet++) {
      await Bun.sleep(1000);
      if (items() !== then) quiet = -1;
      then = items();
    }
    expect(text(terminal)).toContain("PAUSED");
    terminal.write("p");
    await terminal.waitFor((screen) => !screen.join("\n").includes("PAUSED"));
    await terminal.waitFor(() => items() !== then, 15_000);
    terminal.write("q");
    expect(await terminal.exitCode).toBe(130);
  }, 60_000);

  test("Ctrl-C stops cleanly: exit 130, the terminal as it was, the summary left on the screen", async () => {
    const terminal = await start(["--max-rcu", "5", "--segments", "40"]);
    await terminal.waitFor(/primary +[1-9]/);
    terminal.write(KEYS.ctrlC);
    expect(await terminal.exitCode).toBe(130);
    expect(terminal.alternateScreen()).toBe(false);
    expect(terminal.cursorHidden()).toBe(false);
    expect(terminal.isCooked()).toBe(true);
    expect(terminal.history().join("\n")).toContain("stopped: ");
    expect(terminal.history().join("\n")).toMatch(/primary: [\d,]+ items?, /);
  }, 60_000);

  test("--repair asks once, naming what is written to; no writes nothing", async () => {
    session = startTerminal([DDBR, "diff-tables", primary.location, replica.location, "--repair"], {
      cols: 120,
      rows: 30,
    });
    await session.waitFor(`Write to ${replica.location}? [y/N]`);
    expect(text(session)).toContain("DELETED");
    session.write("n\r");
    expect(await session.exitCode).toBe(130);
    expect((await replica.items()).length).toBe(1500 - MISSING + 1);
  }, 60_000);

  test("r repairs what was found, after asking", async () => {
    const terminal = await start([]);
    await finished(terminal);
    terminal.write("r");
    await terminal.waitFor("y yes");
    terminal.write("y");
    await terminal.waitFor("repaired 123", 20_000);
    await terminal.waitFor(/clean +\d\d:\d\d/);
    terminal.write("q");
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.history().join("")).toContain("all repaired and verified: 122 put, 1 deleted");
    expect((await replica.items()).length).toBe(1501);
  }, 60_000);
});
