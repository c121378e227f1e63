import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DDBR } from "../helpers/cli.ts";
import { startTerminal, type TerminalSession } from "../helpers/pty.ts";
import { recordWrites } from "../helpers/stream.ts";
import { createTable, type TestTable } from "../helpers/table.ts";
import { followWords } from "./follower.ts";

const MINUTE = 60_000;
const CTRL_C = "\x03";
let primary: TestTable;
let replica: TestTable;
let folder: string;
let session: TerminalSession;

beforeAll(async () => {
  [primary, replica] = await Promise.all([createTable(), createTable()]);
  await recordWrites(primary);
  for (let id = 0; id < 40; id++) await primary.put({ id: { S: `key-${id}` } });
  folder = await mkdtemp(join(tmpdir(), "ddbr-follow-"));
}, MINUTE);
afterAll(() => Promise.all([primary.drop(), replica.drop(), rm(folder, { recursive: true })]));
afterEach(() => session?.close());

function open(name: string, options: string[] = []): TerminalSession {
  const checkpoint = join(folder, name);
  const follower = { primary: primary.location, target: replica.location, checkpoint, options };
  return startTerminal([DDBR, ...followWords(follower)]);
}

async function start(name: string): Promise<void> {
  session = open(name);
  await session.waitFor("q stop");
  await session.waitForRawMode();
}

test(
  "it shows that all is done, and goes on with what comes; p stands still, q stops",
  async () => {
    await start("first");
    await session.waitFor(/^ up to date {3}last change /);
    await session.waitFor(/^ written +40 records/);
    await session.waitFor('insert  {"id":"key-39"}');
    session.write("p");
    await session.waitFor("PAUSED");
    await primary.put({ id: { S: "while-paused" } });
    await Bun.sleep(700);
    expect((await replica.items()).map(({ id }) => id!.S)).not.toContain("while-paused");
    session.write("p");
    await session.waitFor('insert  {"id":"while-paused"}');
    session.write("?");
    await session.waitFor("any key closes it");
    session.write("x");
    await session.waitFor("p pause");
    session.write("q");
    expect(await session.exitCode).toBe(130);
    expect(session.alternateScreen()).toBe(false);
    expect(session.isCooked()).toBe(true);
    const text = session.history().join("\n");
    expect(text).toContain("stopped: 41 records written, ");
    expect(text).toMatch(/goes on from \S+first/);
  },
  MINUTE,
);

test(
  "until caught up, it closes by itself",
  async () => {
    session = open("second", ["--until-caught-up"]);
    expect(await session.exitCode).toBe(0);
    expect(session.history().join("\n")).toContain("caught up: 41 records written, up to date");
  },
  MINUTE,
);

test(
  "Ctrl-C stops it, also while it is paused",
  async () => {
    await start("third");
    session.write("p");
    await session.waitFor("PAUSED");
    session.write(CTRL_C);
    expect(await session.exitCode).toBe(130);
    expect(session.history().join("\n")).toContain("stopped: ");
  },
  MINUTE,
);
