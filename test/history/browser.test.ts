import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DDBR } from "../helpers/cli.ts";
import { dynamoDbEndpoint } from "../helpers/dynamodb.ts";
import { startFaultProxy } from "../helpers/fault-proxy.ts";
import { startTerminal, type TerminalOptions, type TerminalSession } from "../helpers/pty.ts";
import { newPlace, STORE_KINDS, type TestPlace } from "../helpers/stores.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { objectName, openTestStore, sdkItem, storeEvents, type Wire } from "./fixtures/stored-history.ts";

const MINUTE = 60_000;
const COUNT = 40;
const DELETED = 20;
const KEY = { id: { S: "order-1" } };
const HOSTILE = "\x1b[2J\x1b[31mred\x07\x9b2K\u202e\r\nעברית 漢字漢字 e\u0301\u200b\t";
const EMOJI = "👩‍👩‍👧‍👦🇩🇪👍🏽 ☃️";
const FIRST = Date.UTC(2026, 10, 20, 22, 0, 0, 114);
const DOWN = "\x1b[B";
const END = "\x1b[F";
const CTRL_C = "\x03";

const eventTime = (n: number) => FIRST + n * 97_003;

/** The item after the n-th write, with every type of value. */
function imageAfter(n: number): Wire | undefined {
  if (n === DELETED) return undefined;
  return {
    ...KEY,
    n: { N: `${n}` },
    status: { S: ["open", "paid", "back"][n % 3]! },
    total: { N: `12345678901234567890.${n + 1}1` },
    bytes: { B: Buffer.from([0, 255, n]).toString("base64") },
    tags: { SS: ["green", "red"] },
    lines: { L: [{ M: { sku: { S: `s-${n % 7}` }, none: { NULL: true } } }, { BOOL: n % 2 === 0 }] },
    ...(n % 4 === 3 && { note: { S: `written ${n}` } }),
  };
}

const EVENTS = Array.from({ length: COUNT }, (_, n) => ({
  image: imageAfter(n),
  at: eventTime(n),
  sequence: 4_000_000_000_000_000_000_000n + BigInt(n),
}));
const PRESENT = { ...imageAfter(COUNT - 1)!, status: { S: "live" } };

let session: TerminalSession | undefined;
/** Where the program is started. */
let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "ddbr-test-"));
});
afterEach(async () => {
  await session?.close();
  session = undefined;
  rmSync(cwd, { recursive: true });
});

async function browse(
  place: TestPlace,
  table: string,
  key: object,
  terminal: TerminalOptions = {},
): Promise<TerminalSession> {
  const words = ["record-history", table, place.url, JSON.stringify(key), ...place.options()];
  const env = { LANG: "C.UTF-8", LC_ALL: undefined, NO_COLOR: undefined, ...place.env };
  session = startTerminal([DDBR, ...words], { cwd, env, ...terminal });
  await session.waitForRawMode();
  await session.waitFor("1 of ");
  return session;
}

async function press(keys: string, wanted: string | RegExp): Promise<void> {
  session!.write(keys);
  await session!.waitFor(wanted);
}

/** Leaves, and returns what stays on the terminal. */
async function leave(keys = "q"): Promise<string> {
  session!.write(keys);
  expect(await session!.exitCode).toBe(0);
  expect(session!.alternateScreen()).toBe(false);
  expect(session!.cursorHidden()).toBe(false);
  expect(session!.isCooked()).toBe(true);
  return session!
    .history()
    .filter((line) => line !== "")
    .join("\n");
}

const screen = () => session!.screen().join("\n");

describe.each(STORE_KINDS)("the browser of record-history on %s", (kind) => {
  let place: TestPlace;
  let table: TestTable;

  beforeAll(async () => {
    [place, table] = await Promise.all([newPlace(kind), createTable()]);
    const store = await openTestStore(`${place.url}/${table.name}`);
    await storeEvents(store, objectName(KEY), EVENTS);
    store.close();
  }, MINUTE);
  beforeEach(() => table.put(sdkItem(PRESENT)));
  afterAll(() => Promise.all([place.drop(), table.drop()]));

  test(
    "moves, shows change, whole and against the table, marks, searches, jumps to a date, resizes",
    async () => {
      await browse(place, table.location, { id: "order-1" });
      await session!.waitFor(/~ status +"back" → "open"/);
      expect(screen()).toContain("1 of 40");
      await press(`${DOWN}j`, " 3 of 40");
      await press("k\t", "[whole]");
      // The 38th write, third in what repeats every three.
      await session!.waitFor(/status +"back"/);
      await press("g\t", "[table]");
      await session!.waitFor(/~ status +"open" → "live"/);
      await press("\tmjjj", "to the marked one");
      await session!.waitFor(/lines\[0\]\.sku/);
      await press(END, "40 of 40");
      await session!.waitFor(/▸.*22:00:00\.114 created/);
      await press("g/ritten 31\r", '"written 31"');
      expect(screen()).toContain(" 9 of 40");
      await session!.waitFor(/found in 1 of 39/);
      // 22:00:00.114 + 20 × 97.003 s: the deletion, current until the one after.
      await press("d2026-11-20 22:33:00\r", "the record was deleted");
      expect(screen()).toContain("20 of 40");
      await session!.waitFor(/▸.*22:32:20\.174 deleted/);
      await press("k", " 19 of 40");
      await session!.waitFor(/▸.* restored/);
      // At the top there is nothing that a taller window could scroll.
      await press("g", " 1 of 40");
      await session!.waitForQuiet(500);
      const before = session!.screen();
      session!.resize(50, 12);
      await session!.waitFor((lines) => lines[11]!.includes("open") && !lines.join("").includes("│"));
      session!.resize(200, 60);
      await session!.waitFor(/sequence 4000000000000000000039/);
      session!.resize(80, 24);
      await session!.waitFor((lines) => lines.join("\n") === before.join("\n"));
      expect(await leave()).toBe("");
    },
    MINUTE,
  );

  test(
    "writes a version to a file; restores one, and a deletion; no leaves all as it is; tells afterwards",
    async () => {
      await browse(place, table.location, { id: "order-1" });
      await press("jjj", " 4 of 40");
      await press("w", "written to record-");
      await press("w", /written to record-\S+-1\.json/);
      const files = readdirSync(cwd).sort();
      expect(files).toHaveLength(2);
      for (const file of files) {
        expect(JSON.parse(readFileSync(join(cwd, file), "utf8"))).toEqual(imageAfter(COUNT - 4));
      }

      await press("r", "N no");
      expect(screen()).toContain("Restore the version of 2026-11-20 22:58:12.222 UTC into the table?");
      expect(screen()).toMatch(/status: "live" → "open"/);
      await press("n", " 4 of 40");
      expect(await table.items()).toEqual([sdkItem(PRESENT)]);
      await press("r", "N no");
      await press("y", /version, as read again\.$/);
      expect(await table.items()).toEqual([sdkItem(imageAfter(COUNT - 4)!)]);

      await press("x\x1b[Z", "no difference");
      await press("d2026-11-20 22:33:00\r", "the record was deleted");
      await press("r", "the deletion of 2026-11-20 22:32:20.174 UTC into the table?");
      await session!.waitFor("is DELETED,");
      await press("y", /version, as read again\.$/);
      expect(await table.items()).toEqual([]);

      await press("xG", "40 of 40");
      await press("r", / is put; it$/);
      await press("y", /version, as read again\.$/);
      expect(await table.items()).toEqual([sdkItem(imageAfter(0)!)]);
      const told = await leave("xq");
      expect(told.match(/\{"id":"order-1"\} in \S+ is restored/g)).toHaveLength(3);
    },
    MINUTE,
  );
});

describe("the browser of record-history", () => {
  let place: TestPlace;
  let table: TestTable;

  beforeAll(async () => {
    [place, table] = await Promise.all([newPlace("directory"), createTable()]);
    const store = await openTestStore(`${place.url}/${table.name}`);
    await storeEvents(store, objectName(KEY), EVENTS);
    await storeEvents(store, objectName({ id: { S: HOSTILE } }), hostileEvents());
    store.close();
  }, MINUTE);
  beforeEach(() => table.put(sdkItem(PRESENT)));
  afterAll(() => Promise.all([place.drop(), table.drop()]));

  test.each([
    ["changed", { ...PRESENT, status: { S: "theirs" } }],
    ["with an attribute that is new", { ...PRESENT, theirs: { S: "new" } }],
    ["gone", undefined],
  ] as [string, Wire | undefined][])(
    "refuses when the table's item is %s since the plan was shown, says why and overwrites nothing",
    async (_, theirs) => {
      await browse(place, table.location, { id: "order-1" });
      await press("jjjr", "N no");
      if (theirs) await table.put(sdkItem(theirs));
      else await table.delete(KEY);
      await press("y", "Nothing was restored: somebody else has written");
      await session!.waitFor("Not restored");
      await session!.waitFor(theirs === undefined ? "(none)" : theirs.theirs ? '"new"' : '"theirs"');
      expect(await table.items()).toEqual(theirs ? [sdkItem(theirs)] : []);
      expect(await leave("xq")).toContain("Nothing was restored: somebody else has written");
    },
    MINUTE,
  );

  test(
    "says so when somebody else wrote right after the restore",
    async () => {
      const theirs = { ...PRESENT, status: { S: "theirs" } };
      const proxy = await startFaultProxy({
        target: dynamoDbEndpoint(),
        onResponse: (operation) => (operation === "PutItem" ? table.put(sdkItem(theirs)) : undefined),
      });
      try {
        await browse(place, `${proxy.url}/${table.name}`, { id: "order-1" });
        await press("jjjr", "N no");
        await press("y", "This version was restored, and somebody else has written the record since");
        await session!.waitFor('status: "open" → "theirs"');
        expect(await table.items()).toEqual([sdkItem(theirs)]);
        expect(await leave("xq")).toContain("This version was restored, and somebody else");
      } finally {
        await proxy.stop();
      }
    },
    MINUTE,
  );

  test(
    "a table that is gone: all can be looked at, restoring is not offered",
    async () => {
      const gone = `${table.name}x`;
      const store = await openTestStore(`${place.url}/${gone}`);
      await storeEvents(store, objectName(KEY), EVENTS);
      store.close();
      await browse(place, `${table.location}x`, { id: "order-1" });
      await session!.waitFor(/~ status/);
      expect(screen()).not.toContain("restore");
      expect(screen()).not.toContain(" table");
      await press("\t", "[whole]");
      await press("\t", "[change]");
      await press("r", "there is no table to restore into");
      expect(await leave()).toBe("");
    },
    MINUTE,
  );

  test(
    "what a record holds reaches the screen only in escaped form, and every row keeps its place",
    async () => {
      await browse(place, table.location, { id: HOSTILE });
      const divided = (lines: string[]) => lines.slice(2, 21).every((line) => line[39] === "│");
      for (let version = 0; version < hostileEvents().length; version++) {
        for (const tab of ["[whole]", "[table]", "[change]"]) {
          await press("\t", tab);
          await session!.waitFor(divided);
        }
        await press("r", "N no");
        await press("n", "q quit");
        session!.write(DOWN);
      }
      expect(session!.raw()).not.toContain("\x1b[31mred");
      expect(session!.raw()).not.toMatch(/[\x00-\x06\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u200b\u202e\u2028]/);
      await press("r", "N no");
      await press("y", /version, as read again\.$/);
      const told = await leave("xq");
      expect(told).toContain("is restored");
      expect(session!.raw()).not.toContain("\x1b[31mred");
      expect(session!.raw()).not.toMatch(/[\x07\x9b\u202e]/);
      const written = (await table.items()).find(({ id }) => id?.S === HOSTILE);
      expect(written).toEqual(sdkItem(hostileEvents()[0]!.image));
      await table.delete({ id: { S: HOSTILE } });
    },
    MINUTE,
  );

  test.each([
    ["Ctrl-C", () => session!.write(CTRL_C)],
    ["SIGTERM", () => session!.kill("SIGTERM")],
  ])(
    "%s leaves the terminal as it was",
    async (_, stop) => {
      await browse(place, table.location, { id: "order-1" });
      stop();
      expect(await leave("")).toBe("");
    },
    MINUTE,
  );
});

function hostileEvents() {
  return Array.from({ length: 4 }, (_, n) => ({
    image: {
      id: { S: HOSTILE },
      n: { N: `${n}` },
      [HOSTILE]: { M: { [HOSTILE]: { L: [{ S: `${EMOJI}${HOSTILE}`.repeat(n + 1) }] } } },
      long: { S: "漢字".repeat(3_000 * n) },
    },
    at: eventTime(n),
    sequence: 5_000n + BigInt(n),
  }));
}
